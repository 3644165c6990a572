import type { Passage } from '../../../../mock-server/index.ts';
import type { Verdict } from '../../../report.ts';
import { replaceAt } from '../../anatomy.ts';
import type { ReceiverCase, Stage } from '../../receiver-case.ts';
import { neverHappened, patiently, probed, survived } from '../../verdicts.ts';

export const survivesHostileTaskId: ReceiverCase = {
  id: 'RCV-SEC-04',
  group: 'Security',
  title: 'A task id is not used as a path',
  level: 'should',
  requirement:
    "A task id with slashes and dots is acknowledged or refused, and no file is written outside the receiver's folder.",
  why: 'A file name made of the id alone lets a forger write anywhere.',
  remedy: 'Use file names of your own, or a hash of the id. Removing ".." from the id is not enough.',
  basis: ['signature'],
  // A receiver that crashes on it must be known to have crashed on this.
  alone: true,
  async run(stage) {
    const task = await stage.task();
    const passage = await stage.send(task.with(replaceAt(task.body, stage.anatomy.taskId, HOSTILE_ID)));
    const next = await stage.send(await stage.task());
    return {
      stimulus: `the task id ${HOSTILE_ID}, and a good callback`,
      ack: survived(stage.subject, 'a hostile task id', passage, next),
      effect: await nothingEscaped(stage, passage),
    };
  },
};

/** Files are written after the answer: the probe is asked once the hostile callback has been handled. */
async function nothingEscaped(stage: Stage, { outcome }: Passage): Promise<Verdict> {
  const look = () =>
    probed(stage, HOSTILE_ID, 'escaped', (value) => value === false, 'no file outside the folder');
  if (!stage.subject.hasProbe) return look();
  if (outcome === 'acknowledged') {
    // A pool of workers may handle a later callback first, so that the later one proves nothing of this one.
    const effectsOf = () => stage.effects(HOSTILE_ID);
    await patiently(stage, effectsOf, (times) => times === 0);
  }
  return neverHappened(stage, look);
}

const HOSTILE_ID = '../../pwned';
