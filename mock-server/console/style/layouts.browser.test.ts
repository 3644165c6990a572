import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { runwayCalls } from '../../../fixtures/clients/runway-calls.ts';
import { type ConsolePage, openBrowser, openConsole } from '../../../fixtures/console-page.ts';

let browser: Browser;
let opened: ConsolePage;

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser?.close());
afterEach(async () => {
  await opened.close();
  expect(opened.errors).toEqual([]);
});

const WIDTHS = [1440, 1024, 800, 768, 390];
const HEIGHT = 900;

async function open(width: number, query = ''): Promise<{ readonly page: Page; readonly taskId: string }> {
  opened = await openConsole(browser, { page: { viewport: { width, height: HEIGHT } } });
  const { mock, page } = opened;
  const { taskId } = await runwayCalls(mock.url).generate({ callBackUrl: `${mock.url}/__sink` });
  await mock.clock.advance('5m');
  await page.goto(`${mock.url}/__console/${query}#overview`);
  await page.locator('.rows button').first().waitFor();
  return { page, taskId };
}

/** Returns the part of an element that is in the window. */
async function shownPart(
  page: Page,
  selector: string,
): Promise<{ width: number; height: number; top: number }> {
  const box = await page.locator(selector).first().boundingBox();
  const size = page.viewportSize();
  if (box === null || size === null) return { width: 0, height: 0, top: 0 };
  const cut = (from: number, length: number, limit: number): number =>
    Math.max(0, Math.min(limit, from + length) - Math.max(0, from));
  return {
    width: cut(box.x, box.width, size.width),
    height: cut(box.y, box.height, size.height),
    top: box.y,
  };
}

const overflow = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** Sets the text size as a reader does in the settings of the browser. */
const setTextSize = (page: Page, size: string): Promise<void> =>
  page.evaluate((value) => {
    document.documentElement.style.fontSize = value;
  }, size);

describe.each(WIDTHS)('the layout at %i px', (width) => {
  it.each(['100%', '200%'])('has room for every view with a text size of %s', async (size) => {
    const { page, taskId } = await open(width);
    await setTextSize(page, size);
    for (const where of ['#overview', `#overview/${taskId}`, '#drive', '#verdicts']) {
      await page.goto(`${opened.mock.url}/__console/${where}`);
      await setTextSize(page, size);
      await page.locator('.overview, .task h2, .drawer, .verdicts').locator('visible=true').first().waitFor();
      expect(await overflow(page), where).toBeLessThanOrEqual(0);
    }
  });

  it('shows lanes, and the task next to them or below them', async () => {
    const { page, taskId } = await open(width);
    const alone = await shownPart(page, '.lanes');
    expect(alone.height).toBeGreaterThan(HEIGHT / 3);
    await page.goto(`${opened.mock.url}/__console/#overview/${taskId}`);
    await page.locator('.waterfall').waitFor();
    const task = await shownPart(page, '.task');
    expect(task.height).toBeGreaterThan(HEIGHT / 3);
    const lanes = await shownPart(page, '.lanes');
    if (width <= 760) expect(lanes.width).toBe(0);
    else expect(Math.min(lanes.width, 3 * lanes.height)).toBeGreaterThan(330);
  });
});

describe('projector mode', () => {
  it('makes text and rows larger', async () => {
    const { page } = await open(1440, '?zoom=projector');
    const fontSize = await page.evaluate(() => Number.parseFloat(getComputedStyle(document.body).fontSize));
    expect(fontSize).toBeGreaterThanOrEqual(18);
    expect((await shownPart(page, '.rows button')).height).toBeGreaterThanOrEqual(43);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
  });
});
