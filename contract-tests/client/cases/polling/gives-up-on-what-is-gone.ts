import type { ClientCase } from '../../client-case.ts';
import { endsSomehow } from '../../ends-somehow.ts';
import { pollsIn } from '../../questions.ts';

export const givesUpOnWhatIsGone: ClientCase = {
  id: 'CLI-POL-11',
  group: 'Polling',
  title: 'The client stops polling a task that remains unknown, and reports it',
  level: 'should',
  requirement:
    'When a task remains unknown, the client SHOULD stop polling within its deadline and report it to the caller.',
  why: 'The client polls forever for a task that does not exist.',
  remedy: 'Measure how long a task has been unknown, and fail the job with that reason after a limit.',
  sources: [PAGES.detail],
  stimuli: ['vanished'],
  judge(evidence) {
    const code = evidence.pack.errors.codeOf('unknownTask');
    const unknown = pollsIn(evidence).filter(({ entry }) => entry.error === code && entry.taskId !== null);
    return endsSomehow(evidence, unknown, [code, 'not exist', 'not found', 'unknown']);
  },
};
