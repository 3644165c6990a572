import { PAGES } from '../../../pages.ts';
import type { ClientCase } from '../../client-case.ts';
import { goesOnAfter } from '../../goes-on-after.ts';

export const survivesUnknownStates: ClientCase = {
  id: 'CLI-POL-07',
  group: 'Polling',
  title: 'A state that it does not know is no end',
  level: 'should',
  requirement: 'A state that the client has never heard of is taken for "not ended yet".',
  why: 'Vendors add states; a client that takes them for failures fails good tasks.',
  remedy: 'Compare with the states that are ends, and go on in every other.',
  sources: [PAGES.detail],
  stimuli: ['unknown-state'],
  judge(evidence) {
    const expected = 'a state that it does not know is no end';
    const strange = new Set([...evidence.pack.kinds.values()].map(({ oddities }) => oddities.unknown));
    return goesOnAfter(evidence, expected, ({ entry }) => entry.state !== null && strange.has(entry.state));
  },
};
