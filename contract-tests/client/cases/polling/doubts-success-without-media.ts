import { PAGES } from '../../../pages.ts';
import type { ClientCase } from '../../client-case.ts';
import { goesOnAfter } from '../../goes-on-after.ts';

export const doubtsSuccessWithoutMedia: ClientCase = {
  id: 'CLI-POL-12',
  group: 'Polling',
  title: 'A success without its media is not the end',
  level: 'must',
  requirement: 'A success that has no URL yet is polled again until it has one.',
  why: 'The client reports a video that is "undefined".',
  remedy: 'Let the URL decide, not the state alone.',
  sources: [PAGES.feed, PAGES.detail],
  stimuli: ['unready'],
  judge(evidence) {
    const expected = 'a success without its media is not the end';
    const unready = new Set([...evidence.pack.kinds.values()].map(({ oddities }) => oddities.unready));
    return goesOnAfter(evidence, expected, ({ entry }) => entry.state !== null && unready.has(entry.state));
  },
};
