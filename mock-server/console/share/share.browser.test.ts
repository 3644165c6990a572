import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { runwayCalls } from '../../../fixtures/clients/runway-calls.ts';
import { type ConsolePage, openBrowser, openConsole, violationsIn } from '../../../fixtures/console-page.ts';
import { openReceiver, type ScriptedReceiver } from '../../../fixtures/receivers/scripted-receiver.ts';

let browser: Browser;
let opened: ConsolePage;
let receiver: ScriptedReceiver;

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser?.close());
afterEach(async () => {
  await opened.close();
  await receiver.close();
  expect(opened.errors).toEqual([]);
});

/** Opens the page of a task whose callback is acknowledged at its second attempt. */
async function openTask(): Promise<{ readonly page: Page; readonly taskId: string }> {
  receiver = await openReceiver(500, 200);
  opened = await openConsole(browser, { page: { permissions: ['clipboard-read', 'clipboard-write'] } });
  const { mock, page } = opened;
  const { taskId } = await runwayCalls(mock.url).generate({ callBackUrl: receiver.url });
  await mock.clock.advance('5m');
  await page.goto(`${mock.url}/__console/#overview/${taskId}`);
  await page.locator('.headline', { hasText: 'Acknowledged' }).waitFor();
  return { page, taskId };
}

const task = (page: Page) => page.getByRole('complementary');

/** Saves a page with a button, and opens the file. */
async function openSaved(from: Page, button: ReturnType<Page['getByRole']>): Promise<Page> {
  const [download] = await Promise.all([from.waitForEvent('download'), button.click()]);
  const saved = await browser.newPage();
  const requests: string[] = [];
  saved.on('request', (request) => requests.push(request.url()));
  const address = pathToFileURL(await download.path()).href;
  // The browser names saved files itself, without an extension.
  await saved.setContent(readFileSync(new URL(address), 'utf8'));
  expect(requests.filter((url) => !url.startsWith('data:'))).toEqual([]);
  return saved;
}

describe('a task', () => {
  it('is saved as a page that makes no requests and has no violation that axe finds', async () => {
    const { page, taskId } = await openTask();
    const saved = await openSaved(page, task(page).getByRole('button', { name: 'Save as HTML' }));
    expect(await saved.locator('h1').innerText()).toBe(`Task ${taskId}`);
    expect(await saved.locator('.headline').innerText()).toContain('attempt 1 was rejected with HTTP 500');
    await saved.locator('summary', { hasText: 'd1 attempt 1' }).first().click();
    expect(await saved.locator('.parts:visible').innerText()).toContain('"task_id"');
    for (const colorScheme of ['light', 'dark'] as const) {
      await saved.emulateMedia({ colorScheme });
      expect(await violationsIn(saved), colorScheme).toEqual([]);
    }
    await saved.close();
  });

  it('is copied as Markdown, as a test, and as a link', async () => {
    const { page, taskId } = await openTask();
    const copied = async (name: string): Promise<string> => {
      await page.evaluate(() => navigator.clipboard.writeText(''));
      await task(page).getByRole('button', { name }).click();
      const read = () => page.evaluate(() => navigator.clipboard.readText());
      await expect.poll(read).not.toBe('');
      return read();
    };
    expect(await copied('Copy as Markdown')).toContain(`### Acknowledged: task \`${taskId}\``);
    expect(await copied('Copy as test')).toContain("toEqual(['rejected', 'acknowledged'])");
    expect(await copied('Copy link')).toContain(`#overview/${taskId}`);
  });

  it('shows its media without a download in the journal', async () => {
    const { page } = await openTask();
    await task(page).locator('.media summary').click();
    const video = task(page).locator('video');
    await expect
      .poll(() => video.evaluate((element: HTMLVideoElement) => element.readyState))
      .toBeGreaterThan(0);
    await expect
      .poll(() =>
        task(page)
          .locator('img')
          .evaluate((image: HTMLImageElement) => image.naturalWidth),
      )
      .toBeGreaterThan(0);
    expect(opened.mock.journal.entries({ type: 'media.served' })).toEqual([]);
    await opened.mock.clock.advance('15d');
    await expect.poll(() => task(page).locator('.media').innerText()).toContain('expired (410)');
  });

  it('is loaded again after a failed request, and the error disappears', async () => {
    receiver = await openReceiver(200);
    opened = await openConsole(browser);
    const { mock, page } = opened;
    const { taskId } = await runwayCalls(mock.url).generate();
    let isBroken = true;
    await page.route('**/__admin/journal?*', (route) => (isBroken ? route.abort() : route.continue()));
    await page.goto(`${mock.url}/__console/#overview/${taskId}`);
    await task(page).getByRole('alert').waitFor();
    isBroken = false;
    await task(page).locator('.headline').waitFor();
    expect(await task(page).getByRole('alert').count()).toBe(0);
  });

  it('cannot get another outcome after its end', async () => {
    receiver = await openReceiver(200);
    opened = await openConsole(browser);
    const { mock, page } = opened;
    const { taskId } = await runwayCalls(mock.url).generate();
    await page.goto(`${mock.url}/__console/#overview/${taskId}`);
    const force = task(page).getByRole('button', { name: 'Force outcome' });
    await expect.poll(() => force.isEnabled()).toBe(true);
    await mock.clock.advance('5m');
    await expect.poll(() => force.isEnabled()).toBe(false);
  });

  it('is no longer shown after a reset', async () => {
    const { page } = await openTask();
    await opened.mock.reset();
    await expect.poll(() => task(page).getByRole('alert').innerText()).toContain('The mock was reset');
    expect(await page.locator('.waterfall').count()).toBe(0);
  });
});

describe('the tasks that match a search', () => {
  it('are saved as one page', async () => {
    receiver = await openReceiver(200);
    opened = await openConsole(browser);
    const { mock, page } = opened;
    const api = runwayCalls(mock.url);
    await api.generate({ prompt: 'a dog' });
    const one = await api.generate({ prompt: 'a cat' });
    const other = await api.generate({ prompt: 'another cat' });
    await mock.clock.advance('5m');
    await page.goto(`${mock.url}/__console/#overview?q=prompt:cat`);
    await expect.poll(() => page.locator('.rows button').count()).toBe(2);
    const saved = await openSaved(
      page,
      page.locator('.toolbar').getByRole('button', { name: 'Save as HTML' }),
    );
    expect(await saved.locator('details.task h2').allInnerTexts()).toEqual([one.taskId, other.taskId]);
    expect(await saved.locator('header').innerText()).toContain('prompt:cat');
    await saved.close();
  });
});
