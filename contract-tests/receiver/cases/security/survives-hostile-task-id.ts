import { PAGES } from '../../../pages.ts';
import { replaceAt } from '../../anatomy.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import { probed, survived } from '../../verdicts.ts';

export const survivesHostileTaskId: ReceiverCase = {
  id: 'RCV-SEC-04',
  group: 'Security',
  title: 'A task id is no path',
  level: 'should',
  requirement:
    "A task id with slashes and dots is acknowledged or refused, and no file is written outside the receiver's folder.",
  why: 'A file name made of the id alone lets a forger write anywhere.',
  remedy: 'Use file names of your own, or a hash of the id. Removing ".." from the id is not enough.',
  sources: [PAGES.extend],
  // A receiver that crashes on it must be known to have crashed on this.
  alone: true,
  async run(stage) {
    const task = await stage.task();
    const passage = await stage.send(task.with(replaceAt(task.body, stage.anatomy.taskId, HOSTILE_ID)));
    const next = await stage.send(await stage.task());
    return {
      stimulus: `the task id ${HOSTILE_ID}, and a good callback`,
      ack: survived(stage.subject, 'a hostile task id', passage, next),
      effect: await probed(
        stage,
        HOSTILE_ID,
        'escaped',
        (value) => value === false,
        'no file outside the folder',
      ),
    };
  },
};

const HOSTILE_ID = '../../pwned';
