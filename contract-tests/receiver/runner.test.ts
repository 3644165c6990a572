import { describe, expect, it } from 'vitest';
import type { OpenCaseContext } from './case-context.ts';
import { createHangWatch } from './hang-watch.ts';
import type { Findings, ReceiverCase } from './receiver-case.ts';
import { readReceiverSettings } from './receiver-settings.ts';
import { createRunner } from './runner.ts';
import type { Subject } from './subject.ts';
import { inDoubt, verdict } from './verdicts.ts';

const PASSED: Findings = { stimulus: 'one callback', ack: verdict('passed', 'a', 'b') };
const failed = (): Findings => ({ stimulus: 'one callback', ack: verdict('failed', 'a', 'b') });
const doubtful = (): Findings => ({
  stimulus: 'one callback',
  ack: inDoubt(verdict('failed', 'a', 'b')),
});

/** Creates a runner on a machine with this stall, and a case that returns these findings in order. */
function runnerFor(stallMs: number, ...findings: readonly (() => Findings)[]) {
  const settings = readReceiverSettings({ url: 'http://127.0.0.1:9/', event: 'runway.generate' });
  const [template] = settings.cases;
  if (template === undefined) throw new Error('The list of cases is empty.');
  const timeouts: number[] = [];
  const runner = createRunner({
    subject: { ...settings } as unknown as Subject,
    watch: createHangWatch(null, settings.nameOption),
    halt: null,
    errors: () => [],
    replay: (id) => `run ${id}`,
    async openContext(_one, { ackTimeoutMs }) {
      timeouts.push(ackTimeoutMs);
      return { timeline: [], close: () => undefined } as unknown as OpenCaseContext;
    },
    lag: { longestStallMs: () => stallMs },
    onActivity: () => undefined,
  });
  const rest = [...findings];
  const one: ReceiverCase = {
    ...template,
    applies: () => null,
    run: async () => (rest.length > 1 ? rest.shift() : rest[0])?.() ?? PASSED,
  };
  return { runner, one, timeouts };
}

describe('the runner', () => {
  it.each([
    ['a pass', () => PASSED, 'passed'],
    ['a certain failure', failed, 'failed'],
    ['a doubtful failure while the machine did not stall', doubtful, 'failed'],
  ])('runs a case once for %s', async (_what, findings, status) => {
    const { runner, one, timeouts } = runnerFor(0, findings);
    expect((await runner.judge(one)).status).toBe(status);
    expect(timeouts).toHaveLength(1);
  });

  it('repeats a doubtful failure while the machine stalls, and believes the second run', async () => {
    const { runner, one, timeouts } = runnerFor(2000, doubtful, () => PASSED);
    expect((await runner.judge(one)).status).toBe('passed');
    expect(timeouts).toHaveLength(2);
  });

  it('does not attribute a failure to the receiver when the machine stalls in every run', async () => {
    const { runner, one } = runnerFor(2000, doubtful);
    const report = await runner.judge(one);
    expect(report.status).toBe('not-observable');
    expect(report.verdicts.ack?.actual).toMatch(/stalled for 2000 ms/);
  });

  it('leaves a doubtful failure of a parallel run to be confirmed', async () => {
    const { runner, one } = runnerFor(0, doubtful);
    expect(await runner.runOnce(one)).toMatchObject({ isInDoubt: true, timedOut: false });
  });
});
