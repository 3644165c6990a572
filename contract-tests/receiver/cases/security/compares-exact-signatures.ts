import { refusesForgeries } from '../../forged-callbacks.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import { inHex, unsigned, withOtherCase, withSignature } from '../../signature-forms.ts';

export const comparesExactSignatures: ReceiverCase = {
  id: 'RCV-SEC-08',
  group: 'Security',
  title: 'A signature is compared in its own encoding, case included',
  level: 'should',
  requirement:
    'A signature in base64 whose letters have the other case is refused, and so is the right signature in hex where base64 is documented.',
  why: 'In base64, letters of the other case are other bytes: a comparison that ignores case accepts billions of wrong signatures. Code that tries several encodings usually comes from not knowing which one it gets.',
  remedy:
    'Decode the header as the encoding that the vendor documents, and compare the bytes. Never lower the case of a base64 text.',
  basis: ['signature'],
  applies: unsigned,
  run: (stage) =>
    refusesForgeries(stage, [
      {
        what: 'the right signature with the case of its letters swapped',
        make: (task) => withSignature(stage.subject, task, withOtherCase),
      },
      {
        what: 'the right signature in hex',
        make: (task) => withSignature(stage.subject, task, inHex),
      },
    ]),
};
