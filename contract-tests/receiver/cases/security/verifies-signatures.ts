import { acknowledged } from '../../answer-verdicts.ts';
import { effects } from '../../effect-verdicts.ts';
import { type Forgery, rejectsForgeries } from '../../forged-callbacks.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import { ANOTHER_KEY, whyTimeless, whyUnsigned, withoutSignature } from '../../signature-forms.ts';
import { both } from '../../verdicts.ts';

export const verifiesSignatures: ReceiverCase = {
  id: 'RCV-SEC-01',
  group: 'Security',
  title: 'Signatures are verified',
  level: 'must',
  requirement:
    'The receiver MUST acknowledge a callback with a valid signature, and MUST reject one without a signature, with the signature of another key, or, if the signature covers its time, with one that is one hour old, without side effects.',
  why: 'Otherwise anyone who knows the URL can report a task as succeeded.',
  remedy:
    'Verify the signature first. Reject callbacks without a signature, and those whose timestamp differs from your clock by more than the tolerance (five minutes in the Standard Webhooks libraries).',
  basis: [
    'signature',
    {
      derived:
        'Standard Webhooks, section "Verifying signatures": the signature must be valid, and its timestamp within a tolerance.',
    },
  ],
  applies: whyUnsigned,
  async run(context) {
    const { subject } = context;
    const good = await context.task();
    const taken = acknowledged(subject, await context.send(good));
    const done = await effects(context, 1, good.taskId);
    const forgeries: readonly Forgery[] = [
      { what: 'a callback without a signature', make: (task) => withoutSignature(subject, task) },
      { what: 'a signature by another key', make: (task) => task.sealed({ secret: ANOTHER_KEY }) },
    ];
    const stale: Forgery = {
      what: 'a signature that is one hour old',
      make: (task) => task.sealed({ offsetSeconds: -3600 }),
    };
    const { stimulus, ack, effect } = await rejectsForgeries(
      context,
      whyTimeless(subject) === null ? [...forgeries, stale] : forgeries,
    );
    return { stimulus, ack: both(taken, ack), effect: both(done, effect) };
  },
};
