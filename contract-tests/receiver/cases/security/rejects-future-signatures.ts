import { type Forgery, rejectsForgeries } from '../../forged-callbacks.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import { whyTimeless, whyUnsigned } from '../../signature-forms.ts';

export const rejectsFutureSignatures: ReceiverCase = {
  id: 'RCV-SEC-06',
  group: 'Security',
  title: 'A signature with a future timestamp is rejected',
  level: 'should',
  requirement:
    'The receiver SHOULD reject a callback whose signature is valid but whose timestamp is one hour ahead, without side effects.',
  why: 'A callback with a timestamp far ahead can be replayed until that time, because it never appears old.',
  remedy:
    'Compare the absolute difference between the timestamp and your clock with the tolerance (five minutes in the Standard Webhooks libraries).',
  basis: [
    'signature',
    {
      derived:
        'Standard Webhooks, section "Verifying signatures": the timestamp must be within a tolerance of the current time.',
    },
  ],
  applies: (subject) => whyUnsigned(subject) ?? whyTimeless(subject),
  run: (context) => rejectsForgeries(context, AHEAD),
};

const AHEAD: readonly Forgery[] = [
  {
    what: 'a signature whose timestamp is one hour ahead',
    make: (task) => task.sealed({ offsetSeconds: 3600 }),
  },
];
