import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { explained } from '../../contract-tests/conformance/sample-report.ts';
import { judgeJournal } from '../../contract-tests/index.ts';
import { runwayCalls } from '../../fixtures/clients/runway-calls.ts';
import { openBrowser, violationsIn } from '../../fixtures/console-page.ts';
import { WAIT_LIMIT_MS } from '../../fixtures/hang-limit.ts';
import { openReceiver, type ScriptedReceiver } from '../../fixtures/receivers/scripted-receiver.ts';
import { createMockServer, type MockServer, type MockServerOptions } from '../index.ts';
import { stagingOf } from '../internal.ts';

/** With STUNTDOUBLE_WRITE, the screenshots of the README are written: npm run screenshots. */
const WRITES = process.env.STUNTDOUBLE_WRITE !== undefined;
const DOCS = join(import.meta.dirname, '../../docs');

let browser: Browser;
let page: Page;
let mock: MockServer;
let receiver: ScriptedReceiver | undefined;
/** Requests of the page to hosts other than the mock, and errors in the page. */
let foreign: string[];
let errors: string[];

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser?.close());
afterEach(async () => {
  await page.close();
  await receiver?.close();
  receiver = undefined;
  await mock.close();
  expect(foreign).toEqual([]);
  expect(errors).toEqual([]);
});

async function newPage(options: BrowserContextOptions = {}): Promise<Page> {
  const made = await browser.newPage(options);
  made.setDefaultTimeout(WAIT_LIMIT_MS);
  return made;
}

async function open(options: MockServerOptions = {}, where = '#overview'): Promise<void> {
  mock = await createMockServer({ clock: 'virtual', seed: 7, judge: judgeJournal, ...options }).listen();
  page = await newPage({ viewport: { width: 1200, height: 640 } });
  foreign = [];
  errors = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(mock.url) && !request.url().startsWith('data:'))
      foreign.push(request.url());
  });
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/ERR_|Failed to load/.test(message.text()))
      errors.push(message.text());
  });
  await page.goto(`${mock.url}/__console/${where}`);
  await page.getByRole('status').filter({ hasText: 'live' }).waitFor();
}

const rows = () => page.locator('.rows button');

/** Returns a function that reads the processor time of the page's thread, which excludes other processes. */
async function processorTime() {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  return async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    const seconds = metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN;
    const frames = await page.evaluate(() => performance.getEntriesByName('frame', 'measure').length);
    return { spentMs: seconds * 1000, frames };
  };
}

describe('the overview', () => {
  it('shows new tasks and their states without a reload', async () => {
    await open();
    await expect.poll(() => page.locator('.first-scene').innerText()).toContain('No tasks yet');
    const { taskId } = await runwayCalls(mock.url).generate();
    await expect.poll(() => rows().allInnerTexts()).toEqual([expect.stringContaining(taskId.slice(0, 8))]);
    await expect.poll(() => rows().first().innerText()).toContain('wait');
    await mock.clock.advance('2m');
    await expect.poll(() => rows().first().innerText()).toContain('success');
  });

  it('describes the drawing in text', async () => {
    receiver = await openReceiver(500, 200);
    await open();
    await runwayCalls(mock.url).generate({ callBackUrl: receiver.url });
    await mock.clock.advance('10m');
    const words = () => rows().first().innerText();
    await expect
      .poll(words)
      .toMatch(
        /success[\s\S]*rejected with HTTP 500 \(attempt 1\), acknowledged with HTTP 200 \(attempt 2\)/,
      );
  });

  it('can be searched and frozen', async () => {
    await open();
    const api = runwayCalls(mock.url);
    await api.generate({}, { 'x-mock-scenario': 'fail.nsfw' });
    await api.generate();
    await expect.poll(() => rows().count()).toBe(2);
    await page.getByLabel('Search').fill('nsfw');
    await expect.poll(() => rows().count()).toBe(1);
    await page.getByLabel('Search').fill('no such thing');
    await expect.poll(() => page.locator('.empty').innerText()).toBe('No task matches this search.');
    await page.getByLabel('Search').fill('');
    const before = await rows().allInnerTexts();
    await page.getByRole('button', { name: 'Freeze' }).click();
    await api.generate();
    await mock.clock.advance('10m');
    await expect.poll(() => page.locator('.facts').innerText()).toContain('3 tasks');
    expect(await rows().allInnerTexts()).toEqual(before);
    await page.getByRole('button', { name: 'Freeze' }).click();
    await expect.poll(() => rows().count()).toBe(3);
  });

  it('continues after a lost connection without missing or repeated entries', async () => {
    const data = mkdtempSync(join(tmpdir(), 'stuntdouble-console-'));
    await open({ data });
    const port = Number(new URL(mock.url).port);
    for (let n = 0; n < 3; n++) await runwayCalls(mock.url).generate();
    await expect.poll(() => rows().count()).toBe(3);
    await mock.close();
    await page.getByRole('status').filter({ hasText: 'lost' }).waitFor();
    mock = createMockServer({ clock: 'virtual', seed: 7, data });
    await mock.listen({ port });
    for (let n = 0; n < 3; n++) await runwayCalls(mock.url).generate({ prompt: `after ${n}` });
    await mock.clock.advance('2m');
    const wanted = mock.tasks.all().map(({ id }) => id.slice(0, 8));
    await expect.poll(() => rows().count()).toBe(wanted.length);
    expect((await rows().locator('code').allInnerTexts()).sort()).toEqual(wanted.sort());
    const marked = await page.evaluate(() => document.querySelector('.facts')?.textContent ?? '');
    expect(marked).toContain(`${wanted.length} tasks`);
    rmSync(data, { recursive: true });
  });

  it('starts over when another mock answers at its address', async () => {
    await open();
    const port = Number(new URL(mock.url).port);
    for (let n = 0; n < 3; n++) await runwayCalls(mock.url).generate();
    await expect.poll(() => rows().count()).toBe(3);
    await mock.close();
    await page.getByRole('status').filter({ hasText: 'lost' }).waitFor();
    mock = await createMockServer({ clock: 'virtual', seed: 8 }).listen({ port });
    await page.getByRole('status').filter({ hasText: 'live' }).waitFor();
    await runwayCalls(mock.url).generate();
    await expect.poll(() => rows().count()).toBe(1);
  });

  it('shows none of the tasks of another mock, even when that one has written more entries', async () => {
    await open();
    const port = Number(new URL(mock.url).port);
    for (let n = 0; n < 2; n++) await runwayCalls(mock.url).generate();
    await expect.poll(() => rows().count()).toBe(2);
    const answer = await page.context().newCDPSession(page);
    await answer.send('Network.enable');
    const offline = { latency: 0, downloadThroughput: -1, uploadThroughput: -1 };
    await answer.send('Network.emulateNetworkConditions', { offline: true, ...offline });
    await mock.close();
    mock = await createMockServer({ clock: 'virtual', seed: 8 }).listen({ port });
    for (let n = 0; n < 6; n++) await mock.tasks.trigger('runway.generate', { to: `${mock.url}/__sink` });
    await answer.send('Network.emulateNetworkConditions', { offline: false, ...offline });
    await expect.poll(() => page.locator('.facts').innerText()).toContain('6 tasks');
    const wanted = mock.tasks.all().map(({ id }) => id.slice(0, 8));
    await expect
      .poll(async () => (await rows().locator('code').allInnerTexts()).sort())
      .toEqual(wanted.sort());
  });

  it('shows all tasks after a reload, although the journal has dropped their first entries', async () => {
    await open({ keep: 20 });
    for (let n = 0; n < 15; n++) await runwayCalls(mock.url).generate({ prompt: `number ${n}` });
    await page.reload();
    await expect.poll(() => rows().count()).toBe(15);
  });

  it('keeps the row under the pointer, and says how many tasks are new', async () => {
    await open();
    const api = runwayCalls(mock.url);
    const { taskId } = await api.generate();
    await expect.poll(() => rows().count()).toBe(1);
    await rows().first().hover();
    for (let n = 0; n < 3; n++) await api.generate({ prompt: `later ${n}` });
    const pill = page.getByRole('button', { name: '3 new' });
    await pill.waitFor();
    expect(await rows().locator('code').allInnerTexts()).toEqual([taskId.slice(0, 8)]);
    await pill.click();
    await expect.poll(() => rows().count()).toBe(4);
  });

  it('shows how long a receiver has not answered, and when the next attempt is due', async () => {
    receiver = await openReceiver('hang');
    await open({ clock: 'real', speed: 100, ackTimeout: '2s', retryGaps: ['1h'] });
    await runwayCalls(mock.url).generate({ callBackUrl: receiver.url });
    await expect.poll(() => rows().first().innerText()).toMatch(/in flight[\s\S]*[01]\.\d of 2 s/);
    await expect.poll(() => rows().first().innerText()).toMatch(/retrying[\s\S]*timed out, next in \d+ s/);
    const chip = page.locator('.chip', { hasText: 'retrying' });
    await expect.poll(() => chip.innerText()).toContain('1');
    await chip.click();
    expect(new URL(page.url()).hash).not.toContain('acknowledged');
    await page.waitForURL(/q=status%3Aretrying/);
    expect(await rows().count()).toBe(1);
  });

  it('loads the tasks once, and makes no request for what the stream brings', async () => {
    await open();
    await runwayCalls(mock.url).generate();
    const calls: string[] = [];
    page.on('request', (request) => calls.push(request.url().split('/__admin/')[1] ?? ''));
    await page.reload();
    await expect.poll(() => rows().count()).toBe(1);
    const opening = ['clock', 'packs', 'snapshot?limit=5000', 'events?since=2'];
    await expect.poll(() => calls.filter((call) => call !== '').sort()).toEqual(opening.sort());
    for (let n = 0; n < 50; n++) await runwayCalls(mock.url).generate({ prompt: `number ${n}` });
    await expect.poll(() => page.locator('.facts').innerText()).toContain('51 tasks');
    expect(calls.filter((call) => call !== '')).toHaveLength(opening.length);
  });

  it('announces settled callbacks, and shows the keys on request', async () => {
    receiver = await openReceiver(200);
    await open();
    for (let n = 0; n < 2; n++) {
      await runwayCalls(mock.url).generate({ callBackUrl: receiver.url, prompt: `number ${n}` });
    }
    await mock.clock.advance('10m');
    const announced = () => page.locator('[data-announcement]').innerText();
    await expect.poll(announced).toMatch(/\d acknowledged/);
    await page.keyboard.press('?');
    const dialog = page.getByRole('dialog', { name: 'Keys' });
    await dialog.waitFor();
    expect(await violationsIn(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await expect.poll(() => dialog.count()).toBe(0);
  });

  it('is restored from its address', async () => {
    await open();
    await runwayCalls(mock.url).generate({}, { 'x-mock-scenario': 'fail.nsfw' });
    await runwayCalls(mock.url).generate();
    await page.goto(`${mock.url}/__console/#overview?q=scenario%3Afail.nsfw&window=30s`);
    await expect.poll(() => rows().count()).toBe(1);
    expect(await page.getByLabel('Search').inputValue()).toBe('scenario:fail.nsfw');
    expect(await page.getByRole('button', { name: '30 s', exact: true }).getAttribute('aria-pressed')).toBe(
      'true',
    );
  });

  it('draws 10,000 tasks within 16 ms per frame while 200 more are submitted', async () => {
    await open({ keep: 200_000 });
    for (let n = 0; n < 10_000; n++)
      await stagingOf(mock).stage('runway.generate', { to: `${mock.url}/__sink` });
    await expect.poll(() => page.locator('.facts').innerText()).toContain('10,000 tasks');
    const api = runwayCalls(mock.url);
    const costs = await processorTime();
    const before = await costs();
    // Each task is drawn before the next one is submitted.
    for (let n = 1; n <= 200; n++) {
      await api.generate();
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    }
    await expect.poll(() => page.locator('.facts').innerText()).toContain('10,200 tasks');
    const after = await costs();
    const frames = after.frames - before.frames;
    const frameMs = (after.spentMs - before.spentMs) / frames;
    process.stdout.write(
      `console: 10,000 tasks and ${frames} frames, ${frameMs.toFixed(2)} ms of work each\n`,
    );
    expect(frames).toBeGreaterThan(20);
    expect(frameMs).toBeLessThan(16);
  });
});

describe('one task', () => {
  const task = () => page.getByRole('complementary');
  const row = (text: string) => page.locator('.waterfall li', { hasText: text }).locator('.line').first();
  const panel = () => page.locator('.span-panel');
  const tab = (name: string) => page.getByRole('tab', { name, exact: true }).click();

  it('is shown with the reason, its messages, and the differences between attempts', async () => {
    receiver = await openReceiver(200, 500, 200);
    await open();
    const headers = { 'x-mock-scenario': 'callback.malformed' };
    const { taskId } = await runwayCalls(mock.url).generate({ callBackUrl: receiver.url }, headers);
    await mock.clock.advance('10m');
    await page.goto(`${mock.url}/__console/#overview/${taskId}`);
    await expect.poll(() => task().locator('h2').innerText()).toContain(taskId);
    await expect
      .poll(() => task().locator('.headline').innerText())
      .toContain('d1 is malformed on purpose, because the scenario callback.malformed asks for it.');
    await expect.poll(() => task().locator('.states').innerText()).toMatch(/generating\s+\d/);
    await row('d2 attempt 1').click();
    await tab('Diff');
    await expect.poll(() => panel().locator('.added').count()).toBeGreaterThan(0);
    await row('d2 attempt 2').click();
    await expect.poll(() => panel().innerText()).toContain('Identical.');
    await row('POST').click();
    await tab('curl');
    const copies = await task().locator('button[data-copies]').first().getAttribute('data-copies');
    expect(copies).toContain(`curl -s ${mock.url}/api/v1/runway/generate -H 'authorization: Bearer $KEY'`);
    await page.keyboard.press('Escape');
    await expect.poll(() => task().count()).toBe(0);
  });

  it('makes two requests when it is opened, and none for what the stream brings', async () => {
    await open();
    const api = runwayCalls(mock.url);
    const { taskId } = await api.generate();
    await expect.poll(() => rows().count()).toBe(1);
    const calls: string[] = [];
    page.on('request', (request) => {
      const path = request.url().split('/__admin/')[1] ?? '';
      if (/^(tasks|journal)/.test(path)) calls.push(path);
    });
    await rows().first().click();
    await row('POST').waitFor();
    await expect.poll(() => calls.length).toBe(2);
    for (let n = 0; n < 20; n++) await api.details(taskId);
    await expect.poll(() => task().innerText()).toContain('20 polls');
    expect(calls).toEqual([expect.stringMatching(/^journal\?/), `tasks/${taskId}/checks`]);
  });

  it('shows an attempt while it is in flight', async () => {
    receiver = await openReceiver('hang');
    await open({ clock: 'real', speed: 100, ackTimeout: '1m' });
    const { taskId } = await runwayCalls(mock.url).generate({ callBackUrl: receiver.url });
    await page.goto(`${mock.url}/__console/#overview/${taskId}`);
    await expect.poll(() => task().locator('.headline').innerText()).toContain('In flight.');
    const result = () => row('d1 attempt 1').locator('.result').innerText();
    const first = await result();
    await expect.poll(result).not.toBe(first);
    expect(first).toContain('in flight');
  });

  it('folds polls and objects, and shows each of them when asked', async () => {
    await open();
    const api = runwayCalls(mock.url);
    const { taskId } = await api.generate();
    for (let n = 0; n < 5; n++) await api.details(taskId);
    await page.goto(`${mock.url}/__console/#overview/${taskId}`);
    const messages = page.locator('.waterfall li.request, .waterfall li.polls');
    await expect.poll(() => messages.count()).toBe(2);
    await row('5 polls').click();
    await expect.poll(() => messages.count()).toBe(7);
    await row('record-detail').click();
    const before = await panel().innerText();
    await panel().getByRole('button', { name: 'Fold' }).first().click();
    expect((await panel().innerText()).length).toBeLessThan(before.length);
  });

  it('shows the schema violations of a message next to it', async () => {
    receiver = await openReceiver(200);
    await open();
    const headers = { 'x-mock-scenario': 'callback.malformed' };
    const { taskId } = await runwayCalls(mock.url).generate({ callBackUrl: receiver.url }, headers);
    await mock.clock.advance('10m');
    await page.goto(`${mock.url}/__console/#overview/${taskId}`);
    await row('✗ schema violation').click();
    await tab('Schema');
    await expect.poll(() => panel().locator('.problems').innerText()).toContain('is not JSON');
  });

  it('shows markup in a prompt as text', async () => {
    await open();
    const prompt = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>\u202Ehidden';
    const { taskId } = await runwayCalls(mock.url).generate({ prompt });
    await page.goto(`${mock.url}/__console/#overview/${taskId}`);
    await row('POST').click();
    await expect.poll(() => panel().innerText()).toContain('<script>window.hacked=1</script>\\u202ehidden');
    expect(await page.locator('.task img, .task script').count()).toBe(0);
    expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
  });

  it('says that a task does not exist', async () => {
    await open({}, '#overview/no-such-task');
    await expect.poll(() => page.getByRole('alert').innerText()).toContain('does not exist');
  });
});

describe('the view "Verdicts"', () => {
  it('judges clients while they run', async () => {
    await open();
    const api = runwayCalls(mock.url);
    const { taskId } = await api.generate();
    await mock.clock.advance('2m');
    await api.details(taskId);
    await api.details(taskId);
    await page.goto(`${mock.url}/__console/#verdicts`);
    const broken = page.locator('.case.failed', { hasText: 'CLI-POL-04' });
    await expect.poll(() => broken.innerText()).toContain('polled once after the task had finished');
  });

  it('opens reports of other runs, and refuses files that are not reports', async () => {
    await open({}, '#verdicts');
    const file = (name: string, text: string) => ({
      name,
      mimeType: 'application/json',
      buffer: Buffer.from(text),
    });
    const input = page.locator('input[type=file]');
    await input.setInputFiles(file('receiver.json', JSON.stringify(explained())));
    await expect.poll(() => page.locator('h2', { hasText: 'receiver.json' }).count()).toBe(1);
    const text = await page.locator('.report').first().innerText();
    expect(text).toContain('RCV-');
    expect(text).toMatch(/^The first good callback was answered with HTTP 401.*\s+How to fix: Set the key/);
    await input.setInputFiles(file('other.json', '{"a":1}'));
    await expect
      .poll(() => page.getByRole('alert').innerText())
      .toContain('Cannot open other.json: not a report');
  });
});

describe('accessibility', () => {
  it.each(['light', 'dark'] as const)('axe finds no violation with %s colors', async (colorScheme) => {
    receiver = await openReceiver(500, 200);
    await open();
    await page.emulateMedia({ colorScheme });
    const { taskId } = await runwayCalls(mock.url).generate({ callBackUrl: receiver.url });
    await mock.clock.advance('10m');
    for (const where of ['#overview', `#overview/${taskId}`, '#drive', '#verdicts']) {
      await page.goto(`${mock.url}/__console/${where}`);
      await page.waitForFunction(() => document.querySelectorAll('.rows button, .card, .task h2').length > 0);
      expect(await violationsIn(page), where).toEqual([]);
    }
  });

  it('can be used with the keyboard alone, and shows the focus', async () => {
    await open();
    const api = runwayCalls(mock.url);
    await api.generate();
    await api.generate();
    await expect.poll(() => rows().count()).toBe(2);
    for (let n = 0; n < 30; n++) {
      await page.keyboard.press('Tab');
      if (await page.evaluate(() => document.activeElement?.closest('.rows') !== null)) break;
    }
    // The text of the row with the focus: the whole page contains the same words.
    const focused = () =>
      page.evaluate(() => document.activeElement?.closest('.rows button')?.textContent ?? '');
    const first = await focused();
    expect(first).toContain('scenario success');
    expect(await page.evaluate(() => getComputedStyle(document.activeElement as Element).outlineStyle)).toBe(
      'solid',
    );
    await page.keyboard.press('ArrowDown');
    await expect.poll(focused).not.toBe(first);
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.activeElement?.tagName === 'H2');
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByRole('complementary').count()).toBe(0);
    // The focus returns to the row, and follows it while new tasks are added above.
    await expect.poll(focused).toContain('scenario success');
    const returned = await focused();
    for (let n = 0; n < 60; n++) await api.generate({ prompt: `more ${n}` });
    await expect.poll(() => page.locator('.facts').innerText()).toContain('62 tasks');
    expect(await focused()).toBe(returned);
    await page.keyboard.press('Home');
    await page.keyboard.press('End');
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.getAttribute('data-task')))
      .toBe(mock.tasks.all()[0]?.id);
    await page.keyboard.press('/');
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('search');
  });

  it('moves the clock with "n" on every view, and names the next event', async () => {
    await open({}, '#verdicts');
    const { taskId } = await runwayCalls(mock.url).generate();
    const bar = page.getByRole('region', { name: 'Clock' });
    await expect.poll(() => bar.innerText()).toContain(`next: state queueing of ${taskId.slice(0, 8)}`);
    await page.keyboard.press('n');
    await expect.poll(() => mock.tasks.get(taskId)?.state).toBe('queueing');
    await expect.poll(() => bar.innerText()).toContain('next: state generating');
    await page.goto(`${mock.url}/__console/#overview/${taskId}`);
    await expect.poll(() => page.title()).toBe(`${taskId.slice(0, 8)} · no callback – Stunt Double`);
  });

  it('says which receiver a move of the clock waits for', async () => {
    receiver = await openReceiver('hang');
    await open({ ackTimeout: '1500ms' });
    await runwayCalls(mock.url).generate({ callBackUrl: receiver.url });
    await page.getByRole('button', { name: '+14 d' }).click();
    const progress = page.locator('.clock-progress');
    await expect
      .poll(() => progress.innerText())
      .toMatch(/to \+14d: waiting for a receiver, \d\.\d of 1\.5 s/);
    expect(await page.getByRole('button', { name: '+30 s' }).isDisabled()).toBe(true);
    await expect.poll(() => progress.count()).toBe(0);
    expect(mock.tasks.all()[0]?.deliveries[0]).toMatchObject({ status: 'abandoned' });
  });

  it('fits a narrow screen', async () => {
    await open();
    await page.setViewportSize({ width: 360, height: 640 });
    const { taskId } = await runwayCalls(mock.url).generate();
    for (const where of ['#overview', `#overview/${taskId}`, '#drive', '#verdicts']) {
      await page.goto(`${mock.url}/__console/${where}`);
      await page.waitForFunction(() => document.querySelectorAll('.rows, .card, .task h2').length > 0);
      expect(await page.evaluate(() => document.documentElement.scrollWidth), where).toBeLessThanOrEqual(360);
    }
  });

  it('asks for the token when the mock requires one, and connects with it', async () => {
    mock = await createMockServer({ clock: 'virtual', seed: 7, adminToken: 'open sesame' }).listen();
    page = await newPage();
    [foreign, errors] = [[], []];
    await page.goto(`${mock.url}/__console/`);
    await page.getByLabel('Token').fill('open sesame');
    await page.getByRole('button', { name: 'Connect' }).click();
    await page.getByRole('status').filter({ hasText: 'live' }).waitFor();
    await runwayCalls(mock.url).generate();
    await expect.poll(() => rows().count()).toBe(1);
  });
});

describe('the screenshots of the README', () => {
  it('show a receiver that times out and is retried, and callbacks that were abandoned', async () => {
    receiver = await openReceiver('hang');
    await open({ clock: 'real', speed: 5, ackTimeout: '4s', retryGaps: ['6s', '9s', '12s'] });
    const submit = (scenario: string, callBackUrl: string) =>
      runwayCalls(mock.url).generate({ callBackUrl }, { 'x-mock-scenario': scenario });
    const sink = `${mock.url}/__sink`;
    const submissions: readonly (readonly [string, string])[] = [
      ['success', sink],
      ['success', `${sink}?fail=2`],
      ['fail.nsfw', sink],
      ['success', receiver.url],
      ['callback.duplicate', sink],
      ['success', 'http://127.0.0.1:9/'],
      ['fail.internal', `${sink}?fail=9`],
      ['callback.lost-ack', sink],
      ['success', receiver.url],
    ];
    for (const [scenario, url] of submissions) await submit(scenario, url);
    // The second attempt is in flight, and another callback has been abandoned.
    const retried = () =>
      mock.tasks.all().filter(({ deliveries: [delivery] }) => (delivery?.inFlight?.n ?? 0) > 1);
    await expect.poll(() => retried().length).toBeGreaterThan(1);
    await page.locator('.rows button[data-status="abandoned"]').first().waitFor();
    await page.keyboard.press('Escape');
    const take = async (name: string): Promise<void> => {
      const picture = await page.screenshot();
      expect(picture.length).toBeGreaterThan(20_000);
      if (WRITES) writeFileSync(join(DOCS, name), picture);
    };
    await page.waitForFunction(() => document.querySelectorAll('.rows button').length > 8);
    await take('console-overview.png');
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.waitForFunction(() => getComputedStyle(document.body).backgroundColor === 'rgb(22, 23, 26)');
    const dark = await page.screenshot();
    await page.emulateMedia({ colorScheme: 'light' });
    expect(dark.equals(await page.screenshot())).toBe(false);
    const [task] = retried();
    await page.goto(`${mock.url}/__console/#overview/${task?.id}`);
    await page.locator('.waterfall button', { hasText: 'attempt 1' }).first().click();
    await take('console-task.png');
  });
});
