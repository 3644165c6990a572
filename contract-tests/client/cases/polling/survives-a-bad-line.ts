import { PAGES } from '../../../pages.ts';
import type { ClientCase } from '../../client-case.ts';
import type { ApiCall } from '../../evidence.ts';
import { goesOnAfter } from '../../goes-on-after.ts';

export const survivesABadLine: ClientCase = {
  id: 'CLI-POL-09',
  group: 'Polling',
  title: 'Trouble on the way is no failure of the task',
  level: 'must',
  requirement:
    'A connection that breaks, a 502 of a gateway or half an answer says nothing about the task: the client polls again.',
  why: 'One hiccup of the network, and a paid video is given up.',
  remedy: 'Catch what goes wrong in one poll, and let the next one decide.',
  sources: [PAGES.detail],
  stimuli: ['bad-line'],
  judge(evidence) {
    const expected = 'trouble on the way is no failure of the task';
    const trouble = ({ entry }: ApiCall): boolean =>
      entry.taskId !== null &&
      entry.state === null &&
      (entry.error === null || /^50[234]$/.test(entry.error));
    return goesOnAfter(evidence, expected, trouble);
  },
};
