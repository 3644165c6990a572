import { acknowledged } from '../../answer-verdicts.ts';
import { effects } from '../../effect-verdicts.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import { allowsSeveral, whyUnsigned, withOtherSignatures } from '../../signature-forms.ts';
import { notObservable } from '../../verdicts.ts';

export const acceptsAnyValidSignature: ReceiverCase = {
  id: 'RCV-SEC-09',
  group: 'Security',
  title: 'One valid signature among several is sufficient',
  level: 'must',
  requirement:
    'If a header can hold several signatures, the receiver MUST acknowledge a callback with one valid signature after a signature by another key, and after one of an unknown version.',
  why: 'Vendors send two signatures while they rotate a key, and add a version before they drop the previous one. A receiver that reads only the first signature rejects every callback during that time.',
  remedy:
    'Split the header at spaces, ignore unknown versions, and accept the callback if one of the remaining signatures is valid.',
  basis: [
    'signature',
    {
      derived:
        'Standard Webhooks, section "Webhook headers (sending metadata to consumers)": the header is a space-delimited list of signatures.',
    },
  ],
  applies: (subject) =>
    whyUnsigned(subject) ??
    (allowsSeveral(subject) ? null : 'the signature header of this vendor contains only one signature'),
  async run(context) {
    const { subject } = context;
    const stimulus =
      'a valid callback, one with a signature by another key before the valid one, and one with a signature of an unknown version before the valid one';
    const control = await context.send(await context.task());
    if (control.outcome !== 'acknowledged') {
      const expected = 'all three callbacks are acknowledged';
      return {
        stimulus,
        ack: notObservable(expected, 'The valid callback was also rejected. Fix RCV-SEC-01 first.'),
      };
    }
    const rotated = await context.task();
    const versioned = await context.task();
    const attempts = [
      await context.send(withOtherSignatures(subject, rotated, (wrong) => wrong)),
      await context.send(
        withOtherSignatures(subject, versioned, (wrong) => `v1a,${wrong.slice(wrong.indexOf(',') + 1)}`),
      ),
    ];
    return {
      stimulus,
      ack: acknowledged(subject, ...attempts),
      effect: await effects(context, 1, rotated.taskId, versioned.taskId),
    };
  },
};
