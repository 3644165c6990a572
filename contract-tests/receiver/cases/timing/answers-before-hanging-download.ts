import type { ReceiverCase } from '../../receiver-case.ts';
import { acknowledged } from '../../verdicts.ts';

export const answersBeforeHangingDownload: ReceiverCase = {
  id: 'RCV-TIM-02',
  group: 'Timing',
  title: 'The answer does not wait for media that never come',
  level: 'must',
  requirement:
    'The answer comes within the ack timeout although the media host accepts the request and stays silent.',
  why: 'One hanging host must not take the receiver with it.',
  remedy:
    'Store the task, answer, and download afterwards. Give every download a timeout that starts anew with every piece received, so that a large file over a slow line is not cut off.',
  basis: ['ackTimeout'],
  last: true,
  async run(stage) {
    const passage = await stage.send(await stage.task('media.hang'));
    return { stimulus: 'a success whose media never come', ack: acknowledged(stage.subject, passage) };
  },
};
