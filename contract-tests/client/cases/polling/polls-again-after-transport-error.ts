import type { ClientCase } from '../../client-case.ts';
import type { ApiCall } from '../../evidence.ts';
import { pollsAgainAfter } from '../../polls-again-after.ts';

export const pollsAgainAfterTransportError: ClientCase = {
  id: 'CLI-POL-09',
  group: 'Polling',
  title: 'The client polls again after a transport error',
  level: 'must',
  requirement:
    'After a broken connection, a 502 from a gateway or a truncated response, the client MUST poll again.',
  why: 'A single network error makes the client abandon a video that is already billed.',
  remedy: 'Catch errors of a single poll, and poll again.',
  basis: [
    {
      derived:
        'A transport error does not show the state of a task, and a GET can be repeated (RFC 9110, section 9.2.2).',
    },
  ],
  stimuli: ['bad-line'],
  judge(evidence) {
    const isTransportError = ({ entry }: ApiCall): boolean =>
      entry.taskId !== null &&
      entry.state === null &&
      (entry.error === null || /^50[234]$/.test(entry.error));
    return pollsAgainAfter(evidence, isTransportError);
  },
};
