import { acknowledged } from '../../answer-verdicts.ts';
import { ackRule } from '../../pack-figures.ts';
import type { ReceiverCase } from '../../receiver-case.ts';

export const answersBeforeSlowDownload: ReceiverCase = {
  id: 'RCV-TIM-01',
  group: 'Timing',
  title: 'The answer does not wait for a slow download',
  level: 'must',
  requirement: {
    general:
      'The receiver MUST answer within the ack timeout although the media arrives a few bytes at a time.',
    of: (pack) =>
      `The receiver MUST answer with ${ackRule(pack)} although the media arrives a few bytes at a time.`,
  },
  why: 'If the answer waits for a slow download, the callback fails and is sent again while the first download is still running.',
  remedy:
    'Put the task on a durable queue, answer, and let a worker download the media. An in-memory queue that is filled after the answer loses the task when the process ends.',
  basis: ['ackTimeout'],
  last: true,
  async run(context) {
    const attempt = await context.send(await context.task('media.dribble'));
    return { stimulus: 'a success whose media takes a minute', ack: acknowledged(context.subject, attempt) };
  },
};
