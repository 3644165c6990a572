import type { ReceiverCase } from '../../receiver-case.ts';
import { holds, inDoubt } from '../../verdicts.ts';

export const answersFast: ReceiverCase = {
  id: 'RCV-TIM-03',
  group: 'Timing',
  title: 'Answers are fast',
  level: 'should',
  requirement: 'Of twenty callbacks, nineteen are answered within two seconds (a setting).',
  why: 'What takes long when little happens will pass the limit when much happens.',
  remedy: 'Do nothing before the answer but check and store the message.',
  basis: ['ackTimeout'],
  alone: true,
  async run(stage) {
    const times: number[] = [];
    for (let n = 0; n < 20; n++) {
      const passage = await stage.send(await stage.task());
      times.push(passage.outcome === 'acknowledged' ? passage.durationMs : Number.POSITIVE_INFINITY);
    }
    const { fastAckMs } = stage.subject;
    const p95 = times.sort((a, b) => a - b)[18] ?? Number.POSITIVE_INFINITY;
    const shown = Number.isFinite(p95)
      ? `${Math.round(p95)} ms`
      : 'more than one was not acknowledged at all';
    return {
      stimulus: 'twenty successes, one after the other',
      // Two answers at least were so much too late.
      ack: inDoubt(
        holds(p95 <= fastAckMs, `19 of 20 within ${fastAckMs} ms`, shown),
        Number.isFinite(p95) ? p95 - fastAckMs : 0,
      ),
    };
  },
};
