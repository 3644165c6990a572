import type { ReceiverCase } from '../../receiver-case.ts';
import { allowsSeveral, amongOthers, unsigned } from '../../signature-forms.ts';
import { acknowledged, effects, notObservable } from '../../verdicts.ts';

export const findsGoodSignatureAmongOthers: ReceiverCase = {
  id: 'RCV-SEC-09',
  group: 'Security',
  title: 'One good signature among several is enough',
  level: 'must',
  requirement:
    'Where a header may hold several signatures, a callback is acknowledged when one of them is good: after one by another key, and after one of a version that the receiver does not know.',
  why: 'Vendors send two signatures while a key is changed, and add a version before they drop the old one. A receiver that reads the first alone refuses every callback in that time.',
  remedy:
    'Split the header at spaces, ignore versions that you do not know, and accept the callback when one of the others is right.',
  basis: ['signature'],
  applies: (subject) =>
    unsigned(subject) ??
    (allowsSeveral(subject) ? null : 'the signature header of this vendor holds one signature alone'),
  async run(stage) {
    const { subject } = stage;
    const stimulus =
      'a good callback, one with a signature by another key before the good one, and one with a signature of an unknown version before it';
    const control = await stage.send(await stage.task());
    if (control.outcome !== 'acknowledged') {
      const expected = 'each of the three is acknowledged';
      return {
        stimulus,
        ack: notObservable(expected, 'The plain callback was refused as well: make RCV-SEC-01 pass first.'),
      };
    }
    const rotated = await stage.task();
    const versioned = await stage.task();
    const passages = [
      await stage.send(amongOthers(subject, rotated, (wrong) => wrong)),
      await stage.send(
        amongOthers(subject, versioned, (wrong) => `v1a,${wrong.slice(wrong.indexOf(',') + 1)}`),
      ),
    ];
    return {
      stimulus,
      ack: acknowledged(subject, ...passages),
      effect: await effects(stage, 1, rotated.taskId, versioned.taskId),
    };
  },
};
