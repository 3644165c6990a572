import type { ClientCase } from '../../client-case.ts';
import { goesOnAfter } from '../../goes-on-after.ts';

export const survivesUnknownStates: ClientCase = {
  id: 'CLI-POL-07',
  group: 'Polling',
  title: 'An unknown state does not end the task',
  level: 'should',
  requirement: 'A state that the client does not know is treated as "still running".',
  why: 'Vendors add states; a client that treats them as failures fails good tasks.',
  remedy: 'Compare with the final states, and keep polling in every other.',
  basis: ['pollInterval'],
  stimuli: ['unknown-state'],
  judge(evidence) {
    const expected = 'an unknown state does not end the task';
    const strange = new Set([...evidence.pack.kinds.values()].map(({ oddities }) => oddities.unknown));
    return goesOnAfter(evidence, expected, ({ entry }) => entry.state !== null && strange.has(entry.state));
  },
};
