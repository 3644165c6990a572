import type { ClientCase } from '../../client-case.ts';
import type { ApiCall } from '../../evidence.ts';
import { goesOnAfter } from '../../goes-on-after.ts';

export const survivesABadLine: ClientCase = {
  id: 'CLI-POL-09',
  group: 'Polling',
  title: 'A transport error is not a failure of the task',
  level: 'must',
  requirement:
    'A broken connection, a 502 of a gateway or a truncated answer says nothing about the task: the client polls again.',
  why: 'One network error, and a paid video is abandoned.',
  remedy: 'Catch errors of a single poll, and let the next one decide.',
  basis: ['pollInterval'],
  stimuli: ['bad-line'],
  judge(evidence) {
    const expected = 'a transport error is not a failure of the task';
    const trouble = ({ entry }: ApiCall): boolean =>
      entry.taskId !== null &&
      entry.state === null &&
      (entry.error === null || /^50[234]$/.test(entry.error));
    return goesOnAfter(evidence, expected, trouble);
  },
};
