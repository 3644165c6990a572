import type { ClientCase } from '../../client-case.ts';
import { endsSomehow } from '../../ends-somehow.ts';
import { pollsIn } from '../../questions.ts';

export const givesUpOnWhatIsGone: ClientCase = {
  id: 'CLI-POL-11',
  group: 'Polling',
  title: 'The client stops polling a task that stays unknown, and reports it',
  level: 'should',
  requirement:
    'When a task stays unknown, the client stops polling within its deadline, and the caller learns of it.',
  why: 'It polls forever for something that will never exist.',
  remedy: 'Count how long a task has been unknown, and fail the job with that reason.',
  basis: ['pollInterval'],
  stimuli: ['vanished'],
  judge(evidence) {
    const expected = 'the client stops polling a task that stays unknown, and reports it';
    const code = evidence.pack.errors.codeOf('unknownTask');
    const gone = pollsIn(evidence).filter(({ entry }) => entry.error === code && entry.taskId !== null);
    return endsSomehow(evidence, expected, gone, [code, 'not exist', 'not found', 'unknown']);
  },
};
