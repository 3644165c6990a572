import type { ClientCase } from '../../client-case.ts';
import { pollsAgainAfter } from '../../polls-again-after.ts';

export const acceptsUnknownState: ClientCase = {
  id: 'CLI-POL-07',
  group: 'Polling',
  title: 'The client keeps polling when a task has an unknown state',
  level: 'should',
  requirement: 'The client SHOULD treat an unknown state as "still running".',
  why: 'Vendors add states, and a client that treats them as failures abandons valid tasks.',
  remedy: 'Stop on the documented final states, and keep polling in every other state.',
  basis: ['unknownStates'],
  stimuli: ['unknown-state'],
  judge(evidence) {
    const unknownStates = new Set(
      [...evidence.pack.kinds.values()].map(({ faultStates }) => faultStates.unknown),
    );
    return pollsAgainAfter(evidence, ({ entry }) => entry.state !== null && unknownStates.has(entry.state));
  },
};
