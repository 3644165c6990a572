import type { AttemptResult } from '../../../../mock-server/index.ts';
import type { Verdict } from '../../../report.ts';
import { survived } from '../../answer-verdicts.ts';
import { replaceAt } from '../../callback-shape.ts';
import { neverHappened } from '../../effect-verdicts.ts';
import { patiently } from '../../patiently.ts';
import { probed } from '../../probe-verdicts.ts';
import type { CaseContext, ReceiverCase } from '../../receiver-case.ts';

export const survivesHostileTaskId: ReceiverCase = {
  id: 'RCV-SEC-04',
  group: 'Security',
  title: 'A task id is not used as a file path',
  level: 'should',
  requirement:
    'The receiver SHOULD acknowledge or reject a task id with slashes and dots, and not write a file outside its folder.',
  why: 'If a file name consists only of the task id, a forged callback can write to any path.',
  remedy: 'Generate file names yourself, or use a hash of the id. Removing ".." from the id is not enough.',
  basis: [
    { derived: 'CWE-22, Improper Limitation of a Pathname to a Restricted Directory (path traversal).' },
  ],
  // Runs alone, so that a crash of the receiver can be attributed to this case.
  alone: true,
  async run(context) {
    const task = await context.task();
    const attempt = await context.send(task.with(replaceAt(task.body, context.shape.taskId, HOSTILE_ID)));
    const next = await context.send(await context.task());
    return {
      stimulus: `a success with the task id ${HOSTILE_ID}, and a valid callback`,
      ack: survived(context.subject, 'a hostile task id', attempt, next),
      effect: await nothingEscaped(context, attempt),
    };
  },
};

/** Queries the probe after the hostile callback was processed, because files are written after the answer. */
async function nothingEscaped(context: CaseContext, { outcome }: AttemptResult): Promise<Verdict> {
  const look = () =>
    probed(
      context,
      HOSTILE_ID,
      'escaped',
      (value) => value === false,
      'no file is written outside the folder',
    );
  if (!context.subject.hasProbe) return look();
  if (outcome === 'acknowledged') {
    // A pool of workers may process a later callback first, so the effect of a later callback is not sufficient.
    const effectsOf = () => context.effects(HOSTILE_ID);
    await patiently(context, effectsOf, (times) => times === 0);
  }
  return neverHappened(context, look);
}

const HOSTILE_ID = '../../pwned';
