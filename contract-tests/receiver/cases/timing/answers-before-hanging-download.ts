import { acknowledged } from '../../answer-verdicts.ts';
import { ackRule } from '../../pack-figures.ts';
import type { ReceiverCase } from '../../receiver-case.ts';

export const answersBeforeHangingDownload: ReceiverCase = {
  id: 'RCV-TIM-02',
  group: 'Timing',
  title: 'The answer does not wait for a download that never completes',
  level: 'must',
  requirement: {
    general:
      'The receiver MUST answer within the ack timeout although the media host accepts the request and sends nothing.',
    of: (pack) =>
      `The receiver MUST answer with ${ackRule(pack)} although the media host accepts the request and sends nothing.`,
  },
  why: 'A single unresponsive host must not block the receiver.',
  remedy:
    'Store the task, answer, and download afterward. Give each download a timeout that restarts with every received chunk, so that a large file over a slow connection is not cut off.',
  basis: ['ackTimeout'],
  last: true,
  async run(context) {
    const attempt = await context.send(await context.task('media.hang'));
    return { stimulus: 'a success whose media never arrive', ack: acknowledged(context.subject, attempt) };
  },
};
