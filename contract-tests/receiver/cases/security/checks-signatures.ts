import { type Forgery, refusesForgeries } from '../../forged-callbacks.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import { ANOTHER_KEY, unsigned, withoutSignature } from '../../signature-forms.ts';
import { acknowledged, both, effects } from '../../verdicts.ts';

export const checksSignatures: ReceiverCase = {
  id: 'RCV-SEC-01',
  group: 'Security',
  title: 'Signatures are checked',
  level: 'must',
  requirement:
    'A callback with a good signature is acknowledged; one without a signature, with a signature by another key, or with one of an hour ago is refused and has no effect.',
  why: 'Anybody who knows the URL can tell the receiver that a task has succeeded.',
  remedy:
    'Check the signature before anything else. Refuse callbacks that have none, and those whose timestamp differs from your clock by more than five minutes.',
  basis: ['signature'],
  applies: unsigned,
  async run(stage) {
    const { subject } = stage;
    const good = await stage.task();
    const taken = acknowledged(subject, await stage.send(good));
    const done = await effects(stage, 1, good.taskId);
    const forgeries: readonly Forgery[] = [
      { what: 'a callback without a signature', make: (task) => withoutSignature(subject, task) },
      { what: 'a signature by another key', make: (task) => task.sealed({ secret: ANOTHER_KEY }) },
      { what: 'a signature of an hour ago', make: (task) => task.sealed({ offsetSeconds: -3600 }) },
    ];
    const { stimulus, ack, effect } = await refusesForgeries(stage, forgeries);
    return { stimulus, ack: both(taken, ack), effect: both(done, effect) };
  },
};
