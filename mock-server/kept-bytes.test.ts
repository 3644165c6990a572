import { afterEach, describe, expect, it } from 'vitest';
import { runwayCalls } from '../fixtures/clients/runway-calls.ts';
import { openReceiver } from '../fixtures/receivers/scripted-receiver.ts';
import { createMockServer, type MockServer, type MockServerOptions } from './index.ts';

const MB = 1024 * 1024;
/** Half a megabyte, in strings that are short enough not to be cut in the journal. */
const PADDING = Array.from({ length: 10 }, (_, n) => `${n}`.padEnd(50_000, 'x'));
const BYTES = 500_000;
const BUDGET = 8 * MB;

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0)) await thing.close();
});

async function start(options: MockServerOptions = {}): Promise<MockServer> {
  const mock = await createMockServer({ clock: 'virtual', keepBytes: BUDGET, ...options }).listen();
  open.push(mock);
  return mock;
}

/** Returns the number of kept bytes according to the metrics. */
async function keptBytes(mock: MockServer): Promise<number> {
  const text = await (await fetch(`${mock.url}/__admin/metrics`)).text();
  return Number(/^stuntdouble_kept_bytes (\d+)$/m.exec(text)?.[1]);
}

/** Counts the bytes that can be read. A long text counts once for its task, because it is kept once. */
function readableBytes(mock: MockServer): number {
  const texts = new Set(
    mock.journal.entries().flatMap((entry) => {
      if (entry.type === 'request.answered') return [entry.requestBody, entry.answer];
      if (entry.type === 'attempt.started') return [entry.body];
      return [];
    }),
  );
  const requests = mock.tasks.all().map(({ plan }) => JSON.stringify(plan.request));
  return [...new Set([...texts, ...requests])].reduce((sum, text) => sum + text.length, 0);
}

async function health(mock: MockServer): Promise<object> {
  return (await fetch(`${mock.url}/__admin/health`)).json() as Promise<object>;
}

describe('the content of requests', () => {
  it('is kept up to the limit, by removing finished tasks and old entries', async () => {
    const mock = await start();
    const calls = runwayCalls(mock.url);
    for (let n = 0; n < 40; n++) {
      expect((await calls.generate({ n, padding: PADDING })).body.code).toBe(200);
      await mock.clock.advance('1h');
      expect(await keptBytes(mock)).toBeLessThanOrEqual(BUDGET);
    }
    expect(await keptBytes(mock)).toBeGreaterThanOrEqual(readableBytes(mock));
    expect(readableBytes(mock)).toBeGreaterThan(BUDGET / 4);
    expect(mock.tasks.all().length).toBeGreaterThan(3);
    expect(mock.journal.entries().length).toBeGreaterThan(3);
    expect(await health(mock)).toMatchObject({ status: 'ok' });
  });

  it('is kept once for any number of entries', async () => {
    const mock = await start();
    const receiver = await openReceiver(500, 500, 500, 500);
    open.push(receiver);
    const calls = runwayCalls(mock.url);
    const { taskId } = await calls.generate({ padding: PADDING, callBackUrl: receiver.url });
    for (let n = 0; n < 20; n++) await calls.details(taskId);
    await mock.clock.advance('1h');
    expect(mock.tasks.get(taskId)?.deliveries[0]?.attempts.length).toBeGreaterThan(2);
    // The request and the answer that echoes it, once each.
    expect(await keptBytes(mock)).toBeLessThan(3 * BYTES);
    expect(JSON.stringify(mock.tasks.get(taskId)?.plan.request)).toContain(PADDING[9]);
  });

  it("is rejected with the vendor's error while unfinished tasks occupy the limit", async () => {
    const mock = await start();
    const calls = runwayCalls(mock.url);
    const codes: number[] = [];
    for (let n = 0; n < 20; n++) codes.push((await calls.generate({ n, padding: PADDING })).body.code);
    const accepted = codes.filter((code) => code === 200).length;
    expect(codes).toEqual([...Array(accepted).fill(200), ...Array(20 - accepted).fill(500)]);
    expect(accepted).toBe(Math.floor((0.75 * BUDGET) / (BYTES + 2000)));
    expect((await calls.generate({ padding: PADDING })).body.msg).toContain('--keep-bytes');
    expect(await keptBytes(mock)).toBeLessThanOrEqual(BUDGET);
    expect(await health(mock)).toMatchObject({
      status: 'degraded',
      trouble: expect.stringContaining('--keep-bytes'),
    });
    await mock.clock.advance('1h');
    expect((await calls.generate({ padding: PADDING })).body.code).toBe(200);
    expect(await health(mock)).toMatchObject({ status: 'ok' });
  });

  it('is released when its tasks are deleted, the journal is cleared or the mock is reset', async () => {
    const mock = await start();
    const calls = runwayCalls(mock.url);
    for (let n = 0; n < 5; n++) await calls.generate({ n, padding: PADDING });
    expect(await keptBytes(mock)).toBeGreaterThan(5 * BYTES);
    await fetch(`${mock.url}/__admin/journal`, { method: 'DELETE' });
    expect(await keptBytes(mock)).toBeGreaterThan(5 * BYTES);
    await mock.clock.advance('1h');
    for (let n = 0; n < 5; n++) await calls.generate({ n, padding: PADDING });
    mock.reset();
    expect(await keptBytes(mock)).toBeLessThan(10_000);
  });

  it('includes redeliveries, which are rejected above the limit', async () => {
    const mock = await start();
    // The delivery fails, so that the redelivered task stays unfinished.
    const receiver = await openReceiver(...Array<number>(100).fill(500));
    open.push(receiver);
    const calls = runwayCalls(mock.url);
    const { taskId } = await calls.generate({ callBackUrl: receiver.url });
    await mock.clock.advance('2h');
    const redeliver = () => fetch(`${mock.url}/__admin/tasks/${taskId}/redeliver`, { method: 'POST' });
    let { status } = await redeliver();
    for (const padding of [PADDING, PADDING[0], '']) {
      for (let n = 0, code = 200; code === 200; n++) ({ code } = (await calls.generate({ n, padding })).body);
    }
    for (let n = 0; n < 50 && status === 202; n++) ({ status } = await redeliver());
    expect(status).toBe(503);
    expect(await (await redeliver()).json()).toMatchObject({ code: 'MEMORY_FULL' });
    expect(await keptBytes(mock)).toBeLessThanOrEqual(BUDGET);
  });

  it('has a minimum limit, and invalid limits are rejected', () => {
    for (const keepBytes of ['1mb', 'much', -1, '12tb', '']) {
      expect(() => createMockServer({ keepBytes })).toThrow(/keepBytes must be a size of at least 4mb/);
    }
    for (const keepBytes of ['4mb', '1GB', 5_000_000, '500000kb']) {
      expect(() => createMockServer({ keepBytes })).not.toThrow();
    }
  });
});
