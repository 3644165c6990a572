import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { runwayCalls } from '../../../fixtures/clients/runway-calls.ts';
import { type ConsolePage, openBrowser, openConsole, violationsIn } from '../../../fixtures/console-page.ts';
import { createMockServer, type MockServer, type MockServerOptions } from '../../index.ts';

let browser: Browser;
let opened: ConsolePage;
let page: Page;
let mock: MockServer;

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser?.close());
afterEach(async () => {
  await opened.close();
  expect(opened.errors).toEqual([]);
});

async function open(where = '#drive', server: MockServerOptions = {}): Promise<void> {
  opened = await openConsole(browser, { where, server });
  ({ page, mock } = opened);
  await page.getByRole('status').filter({ hasText: 'live' }).waitFor();
}

const drawer = () => page.getByRole('complementary', { name: 'Drive' });
const section = (name: string) => drawer().getByRole('tab', { name });
const scene = (title: string) => drawer().locator('button.scene', { hasText: title });

describe('the drawer', () => {
  it('opens next to the lanes with its key and its button, and returns the focus', async () => {
    await open('#overview');
    expect(await drawer().count()).toBe(0);
    await page.keyboard.press('d');
    await expect.poll(() => section('Scenes').evaluate((tab) => tab === document.activeElement)).toBe(true);
    expect(await page.locator('.overview').isVisible()).toBe(true);
    await page.keyboard.press('Escape');
    await expect.poll(() => drawer().count()).toBe(0);
    const button = page.getByRole('button', { name: '+ Scene' });
    await button.click();
    await section('Scenes').press('ArrowRight');
    await expect.poll(() => section('Submit').getAttribute('aria-selected')).toBe('true');
    await page.keyboard.press('Escape');
    await expect.poll(() => button.evaluate((one) => one === document.activeElement)).toBe(true);
  });

  it('runs a scene with one click, and shows its lane and what to watch', async () => {
    await open();
    await scene('500, 500, 200').click();
    await expect.poll(() => page.locator('.rows button').count()).toBe(1);
    await expect.poll(() => drawer().locator('.running').innerText()).toContain('500, 500, then 200');
    await mock.clock.advance('10m');
    await expect.poll(() => page.locator('.rows button').first().innerText()).toContain('acknowledged');
    await drawer().locator('.running button').click();
    await expect.poll(() => page.url()).toContain(mock.tasks.all()[0]?.id);
  });

  it('turns scenes off that the vendor does not support, with the reason', async () => {
    await open('#drive', { only: ['runwayml'] });
    await expect.poll(() => scene('Timeout').getAttribute('aria-disabled')).toBe('true');
    expect(await scene('Timeout').innerText()).toContain('Not available: runwayml does not have callbacks.');
    await scene('Timeout').click({ force: true });
    await scene('Success').click();
    await expect.poll(() => mock.tasks.all().length).toBe(1);
  });

  it('submits a form with a composed scenario and a receiver with settings', async () => {
    await open('#drive', { only: ['runway'] });
    await section('Submit').click();
    await drawer().getByLabel('prompt (required)').fill('A lighthouse, from the form');
    await drawer().getByLabel('Failing attempts').selectOption({ label: 'the first 2' });
    await drawer().getByLabel('Status').fill('503');
    const scenario = drawer().getByRole('combobox', { name: 'Scenario' });
    await scenario.fill('nsfw');
    await scenario.press('Enter');
    await scenario.fill('poll.429*3');
    await scenario.press('Enter');
    await drawer().getByRole('button', { name: 'Submit', exact: true }).click();
    await expect.poll(() => mock.tasks.all().length).toBe(1);
    const [task] = mock.tasks.all();
    expect(task?.scenario).toBe('fail.nsfw+poll.429*3');
    expect(task?.plan.request).toMatchObject({
      prompt: 'A lighthouse, from the form',
      callBackUrl: `${mock.url}/__sink?status=503&fail=2`,
    });
    await expect.poll(() => drawer().locator('.done').innerText()).toContain('fail.nsfw+poll.429*3');
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the text is code for a test of the user.
    expect(await drawer().locator('.done').innerText()).toContain('`${mock.url}/__sink?status=503&fail=2`');
  });

  it('asks for the queue only when it has changed', async () => {
    await open();
    const asked: string[] = [];
    page.on('request', (request) => {
      if (request.url().endsWith('/__admin/scenarios') && request.method() === 'GET')
        asked.push(request.url());
    });
    await section('Queue').click();
    await expect.poll(() => asked.length).toBe(1);
    for (let n = 0; n < 5; n++) await runwayCalls(mock.url).generate();
    await expect.poll(() => page.locator('.rows button').count()).toBe(5);
    expect(asked.length).toBe(1);
    mock.scenarios.enqueue('callback.duplicate', { times: 2 });
    await expect.poll(() => drawer().innerText()).toContain('callback.duplicate, 2 times, any key');
    expect(asked.length).toBe(2);
  });

  it('resets after a question', async () => {
    await open();
    await runwayCalls(mock.url).generate();
    await section('Actions').click();
    await drawer().getByRole('button', { name: 'Reset…' }).click();
    await expect.poll(() => drawer().innerText()).toContain('Remove 1 task');
    await drawer().getByRole('button', { name: 'Cancel' }).click();
    expect(mock.tasks.all()).toHaveLength(1);
    await drawer().getByRole('button', { name: 'Reset…' }).click();
    await drawer().getByRole('button', { name: 'Reset', exact: true }).click();
    await expect.poll(() => mock.tasks.all().length).toBe(0);
    await expect.poll(() => drawer().locator('.actions').innerText()).toContain('mock.reset();');
  });
});

describe('the actions on a task', () => {
  it('resend its callback, to another URL and forged, and give a reason where they cannot', async () => {
    await open('#overview');
    const { taskId } = await runwayCalls(mock.url).generate({ callBackUrl: `${mock.url}/__sink` });
    await page.goto(`${mock.url}/__console/#overview/${taskId}`);
    const task = page.locator('.task');
    const resend = task.getByRole('button', { name: 'Resend callback' });
    await expect.poll(() => resend.isDisabled()).toBe(true);
    expect(await task.innerText()).toMatch(/No callback is sent in state "\w+"\./);
    await mock.clock.advance('5m');
    await expect.poll(() => resend.isDisabled()).toBe(false);
    await resend.click();
    await task.getByText('Resend to another URL').click();
    await task.getByLabel('Another URL').fill(`${mock.url}/__sink?status=503`);
    await task.getByRole('button', { name: 'Send there' }).click();
    await task.getByRole('button', { name: 'Send a forged one' }).click();
    const whys = () =>
      mock.tasks.get(taskId)?.deliveries.map(({ why, url }) => `${why} ${url.split('?')[1] ?? ''}`);
    await expect.poll(whys).toEqual(['outcome ', 'redelivered ', 'redelivered status=503', 'forged ']);
    await expect
      .poll(() => task.innerText())
      .toContain(`mock.tasks.redeliver('${taskId}', {"forged":true});`);
  });
});

describe.each(['light', 'dark'] as const)('the drawer in %s colors', (colorScheme) => {
  it.each(['scenes', 'submit', 'queue', 'actions', 'refused'])(
    'has no defect that axe finds: %s',
    async (name) => {
      opened = await openConsole(browser, { where: `#overview?drive=${name}`, page: { colorScheme } });
      ({ page, mock } = opened);
      await page.getByRole('status').filter({ hasText: 'live' }).waitFor();
      await runwayCalls(mock.url).generate();
      await page.keyboard.press('n');
      await expect.poll(() => page.locator('.rows button').count()).toBe(1);
      expect(await violationsIn(page)).toEqual([]);
    },
  );
});

describe('an action', () => {
  it('that failed is shown at its own task only', async () => {
    await open('#overview');
    const first = await runwayCalls(mock.url).generate();
    const second = await runwayCalls(mock.url).generate();
    const task = page.locator('.task');
    await page.goto(`${mock.url}/__console/#overview/${first.taskId}`);
    await task.getByRole('button', { name: 'Force outcome' }).click();
    await expect.poll(() => task.innerText()).toContain(`mock.tasks.amend('${first.taskId}', 'success');`);
    await page.goto(`${mock.url}/__console/#overview/${second.taskId}`);
    await expect.poll(() => task.innerText()).toContain(second.taskId);
    expect(await task.innerText()).not.toContain('mock.tasks.amend');
  });

  it('says that the mock does not answer until it answers again', async () => {
    await open();
    const port = Number(new URL(mock.url).port);
    await section('Queue').click();
    await mock.close();
    await drawer().getByRole('button', { name: 'Queue', exact: true }).click();
    const problem = drawer().getByRole('alert');
    await expect
      .poll(() => problem.innerText())
      .toContain(`The mock at ${new URL(page.url()).origin} does not answer.`);
    expect(await drawer().locator('.done').innerText()).not.toContain('Done');
    const again = await createMockServer({ clock: 'virtual' }).listen({ port });
    try {
      await expect.poll(() => problem.count()).toBe(0);
    } finally {
      await again.close();
    }
  });

  it('is copied without the clipboard of the browser', async () => {
    await open();
    await page.addInitScript(() => {
      Object.defineProperty(navigator, 'clipboard', { value: undefined });
      Object.defineProperty(document, 'execCommand', {
        value: (command: string) => {
          const { activeElement: field } = document;
          document.title = `${command}: ${field instanceof HTMLTextAreaElement ? field.value : ''}`;
          return true;
        },
      });
    });
    await page.reload();
    await scene('Success').click();
    await drawer().getByRole('button', { name: 'Copy command' }).click();
    await expect.poll(() => page.title()).toMatch(/^copy: curl -s http/);
    await expect.poll(() => drawer().getByText('Copied').count()).toBe(1);
  });
});

describe('the token', () => {
  const server = { adminToken: 'open sesame' };

  it('leaves the address, and is a variable in commands', async () => {
    await open('#token=open%20sesame', server);
    expect(page.url()).not.toContain('token');
    await page.keyboard.press('d');
    await section('Queue').click();
    await drawer().getByRole('button', { name: 'Queue', exact: true }).click();
    await expect
      .poll(() => drawer().locator('.done').innerText())
      .toContain('"authorization: Bearer $TOKEN"');
    expect(await page.content()).not.toContain('open sesame');
  });

  it('is called wrong when the mock rejects it', async () => {
    opened = await openConsole(browser, { where: '#token=wrong', server });
    ({ page, mock } = opened);
    await expect.poll(() => page.getByRole('alert').innerText()).toContain('The mock rejected this token.');
    await page.getByLabel('Token', { exact: true }).fill('open sesame');
    await page.getByRole('button', { name: 'Connect' }).click();
    await page.getByRole('status').filter({ hasText: 'live' }).waitFor();
  });
});
