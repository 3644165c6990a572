import { rejectsForgeries } from '../../forged-callbacks.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import { PARTIAL_SIGNATURES, whyUnsigned, withDigest, withSignature } from '../../signature-forms.ts';

export const comparesWholeSignatures: ReceiverCase = {
  id: 'RCV-SEC-07',
  group: 'Security',
  title: 'Signatures are compared over their full length',
  level: 'must',
  requirement:
    'The receiver MUST reject a signature that matches the correct one only in part: a prefix, a different last byte, extra bytes at the end, and an empty signature.',
  why: 'A prefix comparison accepts many wrong signatures, and a comparison that ends with the shorter input accepts an empty signature from anyone.',
  remedy:
    'Compare the lengths first, and then all bytes in constant time: crypto.timingSafeEqual, hmac.compare_digest, hash_equals.',
  basis: ['signature', { derived: 'CWE-347, Improper Verification of Cryptographic Signature.' }],
  applies: whyUnsigned,
  run: (context) =>
    rejectsForgeries(
      context,
      Object.entries(PARTIAL_SIGNATURES).map(([what, change]) => ({
        what,
        make: (task) =>
          withSignature(context.subject, task, (value) => withDigest(context.subject, value, change)),
      })),
    ),
};
