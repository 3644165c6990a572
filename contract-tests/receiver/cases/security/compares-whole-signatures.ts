import { refusesForgeries } from '../../forged-callbacks.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import { ALIKE, unsigned, withDigest, withSignature } from '../../signature-forms.ts';

export const comparesWholeSignatures: ReceiverCase = {
  id: 'RCV-SEC-07',
  group: 'Security',
  title: 'A signature is compared from the first byte to the last',
  level: 'must',
  requirement:
    'A signature that agrees with the right one in part is refused: a beginning of it, one that differs in the last byte, one that goes on after it, and an empty one.',
  why: 'A comparison of a beginning accepts many wrong signatures, and one that stops at the end of the shorter text accepts the empty signature from anybody.',
  remedy:
    'Compare lengths first, and then all bytes in constant time: crypto.timingSafeEqual, hmac.compare_digest, hash_equals.',
  basis: ['signature'],
  applies: unsigned,
  run: (stage) =>
    refusesForgeries(
      stage,
      Object.entries(ALIKE).map(([what, change]) => ({
        what,
        make: (task) => withSignature(stage.subject, task, (value) => withDigest(value, change)),
      })),
    ),
};
