import { acknowledged } from '../../answer-verdicts.ts';
import { nothingFetched } from '../../effect-verdicts.ts';
import { judgeClasses, type SentFailure } from '../../judge-classes.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import { amended, both } from '../../verdicts.ts';

export const classifiesDocumentedFailures: ReceiverCase = {
  id: 'RCV-FAIL-01',
  group: 'Failures',
  title: 'Every documented failure is acknowledged and classified',
  level: 'must',
  requirement:
    "The receiver MUST acknowledge every failure message of the vendor's pages and download nothing, and SHOULD classify it: moderation, format, quota, size, network, length, internal.",
  why: 'A rejected prompt requires another prompt, and an exhausted quota requires waiting; handling both alike is wrong for one of them.',
  remedy:
    'Classify by word stems, the most specific first, and keep a class for unknown messages that does not blame the user.',
  basis: ['failureTexts'],
  applies: ({ failures }) => (failures.length > 0 ? null : 'the event has no failure callbacks'),
  async run(context) {
    const { pack, failures } = context.subject;
    const attempts = [];
    const tasks: SentFailure[] = [];
    for (const slug of failures) {
      const task = await context.task(`fail.${slug}`);
      attempts.push(await context.send(task));
      tasks.push({ taskId: task.taskId, slug, expected: pack.failures.get(slug)?.class ?? null });
    }
    const untouched = await nothingFetched(context, ...tasks.map(({ taskId }) => taskId));
    return {
      stimulus: `each of the ${tasks.length} failures in the catalog`,
      ack: acknowledged(context.subject, ...attempts),
      effect:
        untouched.status === 'failed'
          ? untouched
          : both(untouched, amended(await judgeClasses(context, tasks), { level: 'should' })),
    };
  },
};
