import type { ClientCase } from '../../client-case.ts';
import { pollsAgainAfter } from '../../polls-again-after.ts';

export const pollsAgainWithoutMedia: ClientCase = {
  id: 'CLI-POL-12',
  group: 'Polling',
  title: 'The client keeps polling when a succeeded task has no media URLs yet',
  level: 'must',
  requirement:
    'When a task has succeeded but its media URL is missing, the client MUST keep polling until there is one.',
  why: 'The client reports "undefined" as the URL of the video.',
  remedy: 'Wait until the response has a URL; the state alone is not enough.',
  basis: ['pollAnswer'],
  stimuli: ['unready'],
  judge(evidence) {
    const unreadyStates = new Set(
      [...evidence.pack.kinds.values()].map(({ faultStates }) => faultStates.unready),
    );
    return pollsAgainAfter(evidence, ({ entry }) => entry.state !== null && unreadyStates.has(entry.state));
  },
};
