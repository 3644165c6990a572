import { PAGES } from '../../../pages.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import { signatureForms } from '../../signature-forms.ts';
import { acknowledged, both, effects, nothingFetched, refused } from '../../verdicts.ts';

export const checksSignatures: ReceiverCase = {
  id: 'RCV-SEC-01',
  group: 'Security',
  title: 'Signatures are checked',
  level: 'must',
  requirement:
    'A callback with a good signature is taken; one with a bad or a stale signature is refused and has no effect. Where bodies are signed, other bytes are refused, too; where a header may hold several signatures, one good one is enough.',
  why: 'Anybody who knows the URL can tell the receiver that a task has succeeded.',
  remedy:
    'Check the signature over the bytes that came, compare in constant time, and refuse what is older than five minutes.',
  sources: [PAGES.extend],
  applies: ({ secret, pack }) =>
    secret === null || pack.signer === null ? 'callbacks are not signed: give --secret' : null,
  async run(stage) {
    const { subject } = stage;
    const good = await stage.task();
    // They are still running: whoever asks the API, or polls, learns nothing that a callback would have to tell.
    const bad = await stage.runningTask();
    const stale = await stage.runningTask();
    const changed = await stage.task();
    const forms = signatureForms(changed, ANOTHER_KEY);
    const taken = [await stage.send(good)];
    const rejects = [
      refused(subject, 'a signature by another key', await stage.send(bad.sealed({ secret: ANOTHER_KEY }))),
      refused(
        subject,
        'a signature of an hour ago',
        await stage.send(stale.sealed({ offsetSeconds: -3600 })),
      ),
    ];
    const reserialised = await stage.send(forms.reserialised);
    if (forms.coversBody) rejects.push(refused(subject, 'other bytes than were signed', reserialised));
    else taken.push(reserialised);
    const other = await stage.task();
    const twice = forms.twice(other);
    if (twice !== null) taken.push(await stage.send(twice));
    const done = [
      good.taskId,
      ...(forms.coversBody ? [] : [changed.taskId]),
      ...(twice === null ? [] : [other.taskId]),
    ];
    const undone = [bad.taskId, stale.taskId, ...(forms.coversBody ? [changed.taskId] : [])];
    return {
      stimulus: `a good signature, one by another key, one of an hour ago, other bytes under a good one${twice === null ? '' : ', and a wrong and a good one in one header'}`,
      ack: rejects.reduce(both, acknowledged(subject, ...taken)),
      effect: both(await effects(stage, 1, ...done), await nothingFetched(stage, ...undone)),
    };
  },
};

/** Of the form that every scheme understands. */
const ANOTHER_KEY = 'whsec_YW5vdGhlciBrZXkgYWx0b2dldGhlcg==';
