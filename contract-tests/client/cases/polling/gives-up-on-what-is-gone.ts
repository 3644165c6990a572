import { PAGES } from '../../../pages.ts';
import type { ClientCase } from '../../client-case.ts';
import { endsSomehow } from '../../ends-somehow.ts';
import { pollsIn } from '../../questions.ts';

export const givesUpOnWhatIsGone: ClientCase = {
  id: 'CLI-POL-11',
  group: 'Polling',
  title: 'A task that stays unknown is given up, and that is told',
  level: 'should',
  requirement: 'When a task stays unknown, the client stops within a bound, and the caller learns of it.',
  why: 'It polls for ever for something that will never be there.',
  remedy: 'Count how long a task has been unknown, and fail the job with that reason.',
  sources: [PAGES.detail],
  stimuli: ['vanished'],
  isTimed: true,
  judge(evidence) {
    const expected = 'a task that stays unknown is given up, and that is told';
    const code = evidence.pack.errors.codeOf('unknownTask');
    const gone = pollsIn(evidence).filter(({ entry }) => entry.error === code && entry.taskId !== null);
    return endsSomehow(evidence, expected, gone, [code, 'not exist', 'not found', 'unknown']);
  },
};
