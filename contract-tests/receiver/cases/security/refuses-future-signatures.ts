import { type Forgery, refusesForgeries } from '../../forged-callbacks.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import { unsigned } from '../../signature-forms.ts';

export const refusesFutureSignatures: ReceiverCase = {
  id: 'RCV-SEC-06',
  group: 'Security',
  title: 'A signature from the future is refused',
  level: 'should',
  requirement:
    'A callback whose signature is good, but whose timestamp is an hour ahead, is refused and has no effect.',
  why: 'A callback with a timestamp far ahead can be replayed until that time has come, because it never looks old. It also means that one of the clocks is wrong.',
  remedy:
    'Compare the absolute difference between the timestamp and your clock with the tolerance, five minutes in both directions.',
  basis: ['signature'],
  applies: unsigned,
  run: (stage) => refusesForgeries(stage, AHEAD),
};

const AHEAD: readonly Forgery[] = [
  { what: 'a signature whose time is an hour ahead', make: (task) => task.sealed({ offsetSeconds: 3600 }) },
];
