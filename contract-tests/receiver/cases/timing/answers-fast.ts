import { sayDuration } from '../../../reporters/wording.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import { inDoubt, passedIf } from '../../verdicts.ts';

export const answersFast: ReceiverCase = {
  id: 'RCV-TIM-03',
  group: 'Timing',
  title: 'Callbacks are answered quickly',
  level: 'should',
  requirement:
    'The receiver SHOULD answer 19 of 20 callbacks within the time that the options set for a fast answer.',
  why: 'An answer that is slow without load exceeds the ack timeout under load.',
  remedy: 'Only check and store the callback before the answer.',
  basis: ['ackTimeout', { derived: 'The options set the limit of this case.' }],
  alone: true,
  async run(context) {
    const times: number[] = [];
    for (let n = 0; n < 20; n++) {
      const attempt = await context.send(await context.task());
      times.push(attempt.outcome === 'acknowledged' ? attempt.durationMs : Number.POSITIVE_INFINITY);
    }
    const { fastAckMs } = context.subject;
    const p95 = times.sort((a, b) => a - b)[18] ?? Number.POSITIVE_INFINITY;
    const shown = Number.isFinite(p95)
      ? `${Math.round(p95)} ms`
      : 'more than one callback was not acknowledged';
    return {
      stimulus: 'twenty successes in sequence',
      // At least two answers were late by this amount.
      ack: inDoubt(
        passedIf(p95 <= fastAckMs, `19 of 20 within ${sayDuration(fastAckMs)}`, shown),
        Number.isFinite(p95) ? p95 - fastAckMs : 0,
      ),
    };
  },
};
