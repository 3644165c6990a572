import { PAGES } from '../../../pages.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import { acknowledged, both, effects, nothingFetched, refused } from '../../verdicts.ts';

export const checksSignatures: ReceiverCase = {
  id: 'RCV-SEC-01',
  group: 'Security',
  title: 'Signatures are checked',
  level: 'must',
  requirement:
    'A callback with a good signature is taken; one with a bad or a stale signature is refused and has no effect. Where bodies are signed, a changed body is refused, too.',
  why: 'Anybody who knows the URL can tell the receiver that a task has succeeded.',
  remedy:
    'Check the signature over the bytes that came, compare in constant time, and refuse what is older than five minutes.',
  sources: [PAGES.extend],
  applies: ({ secret, pack }) =>
    secret === null || pack.signer === null ? 'callbacks are not signed: give --secret' : null,
  async run(stage) {
    const { subject } = stage;
    const good = await stage.task();
    const bad = await stage.task();
    const stale = await stage.task();
    const goodPassage = await stage.send(good);
    const badPassage = await stage.send(bad.sealed({ secret: ANOTHER_KEY }));
    const stalePassage = await stage.send(stale.sealed({ offsetSeconds: -3600 }));
    const rejects = [
      refused(subject, 'a signature by another key', badPassage),
      refused(subject, 'a signature of an hour ago', stalePassage),
    ];
    const worst = rejects.reduce(both, acknowledged(subject, goodPassage));
    return {
      stimulus: 'a good signature, one by another key, and one of an hour ago',
      ack: worst,
      effect: both(
        await effects(stage, 1, good.taskId),
        await nothingFetched(stage, bad.taskId, stale.taskId),
      ),
    };
  },
};

/** Of the form that every scheme understands. */
const ANOTHER_KEY = 'whsec_YW5vdGhlciBrZXkgYWx0b2dldGhlcg==';
