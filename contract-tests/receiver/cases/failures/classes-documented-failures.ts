import { classedAs, type Told } from '../../classed-as.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import { acknowledged, amended, both, nothingFetched } from '../../verdicts.ts';

export const classesDocumentedFailures: ReceiverCase = {
  id: 'RCV-FAIL-01',
  group: 'Failures',
  title: 'Every documented failure is taken, and told apart',
  level: 'must',
  requirement:
    "Every failure message of the vendor's pages is acknowledged, nothing is downloaded, and it is classed: moderation, format, quota, size, network, length, internal.",
  why: 'A refused prompt needs another prompt, a full quota needs waiting; who treats both alike does the wrong thing for one of them.',
  remedy:
    'Classify by word stems, most specific first, and keep a class for unknown messages that does not blame the user.',
  basis: ['failureTexts'],
  applies: ({ failures }) => (failures.length > 0 ? null : 'the event announces no failure'),
  async run(stage) {
    const { pack, failures } = stage.subject;
    const passages = [];
    const tasks: Told[] = [];
    for (const slug of failures) {
      const task = await stage.task(`fail.${slug}`);
      passages.push(await stage.send(task));
      tasks.push({ taskId: task.taskId, slug, expected: pack.failures.get(slug)?.class ?? null });
    }
    const untouched = await nothingFetched(stage, ...tasks.map(({ taskId }) => taskId));
    return {
      stimulus: `each of the ${tasks.length} failures of the catalogue`,
      ack: acknowledged(stage.subject, ...passages),
      effect:
        untouched.status === 'failed'
          ? untouched
          : both(untouched, amended(await classedAs(stage, tasks), { level: 'should' })),
    };
  },
};
