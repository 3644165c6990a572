import type { ReceiverCase } from '../../receiver-case.ts';
import { acknowledged } from '../../verdicts.ts';

export const answersBeforeSlowDownload: ReceiverCase = {
  id: 'RCV-TIM-01',
  group: 'Timing',
  title: 'The answer does not wait for a slow download',
  level: 'must',
  requirement: 'The answer comes within the ack timeout although the media arrive a few bytes at a time.',
  why: 'A video of a minute over a slow line is not there in time: the callback counts as failed and comes again, while the first download still runs.',
  remedy:
    'Put the task on a durable queue, answer, and let a worker download. A queue in memory, filled after the answer, loses the task when the process ends.',
  basis: ['ackTimeout'],
  last: true,
  async run(stage) {
    const passage = await stage.send(await stage.task('media.dribble'));
    return { stimulus: 'a success whose media take a minute', ack: acknowledged(stage.subject, passage) };
  },
};
