import type { ClientCase } from '../../client-case.ts';
import { goesOnAfter } from '../../goes-on-after.ts';

export const doubtsSuccessWithoutMedia: ClientCase = {
  id: 'CLI-POL-12',
  group: 'Polling',
  title: 'A success without media URLs is polled again',
  level: 'must',
  requirement: 'A success that has no URL yet is polled again until it has one.',
  why: 'The client reports a video that is "undefined".',
  remedy: 'Wait until the answer has a URL; the state alone is not enough.',
  basis: ['pollInterval'],
  stimuli: ['unready'],
  judge(evidence) {
    const expected = 'a success without media URLs is polled again';
    const unready = new Set([...evidence.pack.kinds.values()].map(({ oddities }) => oddities.unready));
    return goesOnAfter(evidence, expected, ({ entry }) => entry.state !== null && unready.has(entry.state));
  },
};
