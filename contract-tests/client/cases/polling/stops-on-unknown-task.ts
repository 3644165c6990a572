import type { ClientCase } from '../../client-case.ts';
import { pollsIn } from '../../evidence-queries.ts';
import { textWithCode } from '../../pack-text.ts';
import { stopsWithinLimit } from '../../stops-within-limit.ts';

export const stopsOnUnknownTask: ClientCase = {
  id: 'CLI-POL-11',
  group: 'Polling',
  title: 'The client stops polling a task that remains unknown, and reports it',
  level: 'should',
  requirement: textWithCode(
    'the error for an unknown task',
    'unknownTask',
    (error) =>
      `When a task keeps returning ${error}, the client SHOULD stop polling within its deadline and report it to the caller.`,
  ),
  why: 'The client polls forever for a task that does not exist.',
  remedy: 'Measure how long a task has been unknown, and fail the job with that reason after a limit.',
  basis: ['unknownTask'],
  stimuli: ['vanished'],
  judge(evidence) {
    const code = evidence.pack.errors.codeOf('unknownTask');
    const unknown = pollsIn(evidence).filter(({ entry }) => entry.error === code && entry.taskId !== null);
    return stopsWithinLimit(evidence, unknown, [code, 'not exist', 'not found', 'unknown']);
  },
};
