import { afterEach, describe, expect, it } from 'vitest';
import { HANG_LIMIT_MS } from '../../fixtures/hang-limit.ts';
import { openReceiver } from '../../fixtures/receivers/scripted-receiver.ts';
import { RECEIVER_CASES } from './cases.ts';
import { describeRun } from './describe-run.ts';
import { judgeReceiver } from './judge-receiver.ts';
import { QUICK_CASES } from './quick-cases.ts';
import { readReceiverSettings } from './receiver-settings.ts';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0)) await step();
});

describe('the description of a run', () => {
  it('contains the ack timeout of the vendor unless the options set one', () => {
    const options = { url: 'http://127.0.0.1:1/', event: 'runway.generate' };
    expect(describeRun(readReceiverSettings(options))).toMatchObject({
      cases: RECEIVER_CASES.length,
      ackTimeoutMs: 15_000,
      usualDuration: 'less than 3 minutes',
    });
    expect(
      describeRun(readReceiverSettings({ ...options, ackTimeout: '2s', only: ['RCV-ACK'] })),
    ).toMatchObject({
      cases: 6,
      ackTimeoutMs: 2000,
      usualDuration: null,
    });
  });

  it.each([
    ['all cases', {}],
    ['the cases that run alone', { only: ['RCV-TIM-03', 'RCV-TIM-04'] }],
    ['one long case', { only: ['RCV-FAIL-02'] }],
  ])('matches the run against a receiver that never answers, with %s', async (_what, choice) => {
    const receiver = await openReceiver('hang');
    undo.push(() => receiver.close());
    const timing = { ackTimeout: '200ms', settle: '60ms' };
    const options = { url: receiver.url, event: 'runway.generate', ...timing, ...choice };
    await judgeReceiver(options);
    // The timeouts are consecutive, and the judge adds some overhead.
    expect(receiver.posts.length * 200).toBeLessThan(describeRun(readReceiverSettings(options)).hangsMs);
    expect(receiver.posts).toHaveLength(2);
  });
});

describe('the quick set of cases', () => {
  it('contains only existing cases', () => {
    const unknown = QUICK_CASES.filter((start) => !RECEIVER_CASES.some(({ id }) => id.startsWith(start)));
    expect(unknown).toEqual([]);
  });

  it('does not wait for an ack timeout, and its quiet periods fit into 30 seconds', async () => {
    const receiver = await openReceiver(200);
    undo.push(() => receiver.close());
    const options = { url: receiver.url, event: 'runway.generate', quick: true };
    const report = await judgeReceiver({ ...options, ackTimeout: 10 * HANG_LIMIT_MS });
    expect(report.cases.length).toBe(describeRun(readReceiverSettings(options)).cases);
    // Each callback is followed by at most one quiet period of 250 ms.
    expect(receiver.posts.length / 4).toBeLessThan(30);
  });
});
