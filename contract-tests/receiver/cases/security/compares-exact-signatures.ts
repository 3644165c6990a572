import { rejectsForgeries } from '../../forged-callbacks.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import { inHex, whyCaseless, whyUnsigned, withOtherCase, withSignature } from '../../signature-forms.ts';

export const comparesExactSignatures: ReceiverCase = {
  id: 'RCV-SEC-08',
  group: 'Security',
  title: 'Signatures are compared exactly, including case and encoding',
  level: 'should',
  requirement:
    'The receiver SHOULD reject a base64 signature whose letters have the opposite case, and the correct signature in hex where base64 is documented.',
  why: 'In base64, the case of a letter changes its value: a case-insensitive comparison accepts billions of wrong signatures. Code that accepts several encodings accepts signatures that the vendor never sends.',
  remedy:
    'Decode the header in the documented encoding, and compare the bytes. Do not change the case of base64 text.',
  basis: [
    'signature',
    { derived: 'RFC 4648, section 4: uppercase and lowercase letters are different values in base64.' },
  ],
  applies: (subject) => whyUnsigned(subject) ?? whyCaseless(subject),
  run: (context) =>
    rejectsForgeries(context, [
      {
        what: 'the correct signature with the case of its letters swapped',
        make: (task) =>
          withSignature(context.subject, task, (value) => withOtherCase(context.subject, value)),
      },
      {
        what: 'the correct signature in hex',
        make: (task) => withSignature(context.subject, task, (value) => inHex(context.subject, value)),
      },
    ]),
};
