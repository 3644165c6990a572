import type { ReceiverCase } from '../../receiver-case.ts';
import { serverFailures } from '../../selections.ts';
import { acknowledged, both, probed } from '../../verdicts.ts';

export const retriesServerFailures: ReceiverCase = {
  id: 'RCV-FAIL-03',
  group: 'Failures',
  title: 'A server error is failed and may be tried again',
  level: 'should',
  requirement:
    "A callback with the vendor's server error leaves the task failed, and as something that may be tried again: it is not the content's fault.",
  why: 'Users are told that their prompt was refused, and nobody tries again.',
  remedy:
    'Treat the codes of server errors as retryable, whatever the text says. Among the other failures, the class of the text decides: a full quota is retryable, a refused prompt is not.',
  basis: ['failureTexts'],
  applies: (subject) =>
    serverFailures(subject).length > 0 ? null : 'the catalogue has no failure of the server',
  async run(stage) {
    const slug = serverFailures(stage.subject)[0];
    const task = await stage.task(`fail.${slug}`);
    const passage = await stage.send(task);
    const isFailed = (state: unknown): boolean => state === 'failed';
    return {
      stimulus: `the failure "${slug}"`,
      ack: acknowledged(stage.subject, passage),
      effect: both(
        await probed(stage, task.taskId, 'state', isFailed, 'the task is "failed"'),
        await probed(stage, task.taskId, 'retryable', (value) => value === true, 'it may be tried again'),
      ),
    };
  },
};
