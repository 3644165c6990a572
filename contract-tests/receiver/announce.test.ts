import { afterEach, describe, expect, it } from 'vitest';
import { HANG_LIMIT_MS } from '../../fixtures/hang-limit.ts';
import { openReceiver } from '../../fixtures/receivers/scripted-receiver.ts';
import { announce } from './announce.ts';
import { RECEIVER_CASES } from './cases.ts';
import { judgeReceiver } from './judge-receiver.ts';
import { QUICK_CASES } from './quick-cases.ts';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0)) await step();
});

describe('what is said before a run', () => {
  it('has the ack timeout of the vendor, unless another was chosen', () => {
    const options = { url: 'http://127.0.0.1:1/', event: 'runway.generate' };
    expect(announce(options)).toMatchObject({ cases: RECEIVER_CASES.length, ackTimeoutMs: 15_000 });
    expect(announce({ ...options, ackTimeout: '2s', only: ['RCV-ACK'] })).toMatchObject({
      cases: 5,
      ackTimeoutMs: 2000,
    });
  });

  it.each([
    ['all cases', {}],
    ['the cases that run alone', { only: ['RCV-TIM-03', 'RCV-TIM-04'] }],
    ['one long case', { only: ['RCV-FAIL-02'] }],
  ])('is true of a receiver that never answers, with %s', async (_what, choice) => {
    const receiver = await openReceiver('hang');
    undo.push(() => receiver.close());
    const timing = { ackTimeout: '200ms', settle: '60ms' };
    const options = { url: receiver.url, event: 'runway.generate', ...timing, ...choice };
    await judgeReceiver(options);
    // One timeout after the other, and some time for the judge itself.
    expect(receiver.posts.length * 200).toBeLessThan(announce(options).hangsMs);
    expect(receiver.posts).toHaveLength(2);
  });
});

describe('the quick set', () => {
  it('names only cases that exist', () => {
    const unknown = QUICK_CASES.filter((start) => !RECEIVER_CASES.some(({ id }) => id.startsWith(start)));
    expect(unknown).toEqual([]);
  });

  it('waits for no ack timeout, and for fewer quiet periods than fit into 30 seconds', async () => {
    const receiver = await openReceiver(200);
    undo.push(() => receiver.close());
    const options = { url: receiver.url, event: 'runway.generate', quick: true };
    const report = await judgeReceiver({ ...options, ackTimeout: 10 * HANG_LIMIT_MS });
    expect(report.cases.length).toBe(announce(options).cases);
    // At most one period of a quarter of a second follows each callback.
    expect(receiver.posts.length / 4).toBeLessThan(30);
  });
});
