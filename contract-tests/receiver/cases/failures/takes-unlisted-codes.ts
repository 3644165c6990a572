import { type Anatomy, type JsonValue, replaceAt, valueAt } from '../../anatomy.ts';
import type { ReceiverCase, Task } from '../../receiver-case.ts';
import { unlistedCodes } from '../../selections.ts';
import { acknowledged, both, knownAsFailed, nothingFetched } from '../../verdicts.ts';

export const takesUnlistedCodes: ReceiverCase = {
  id: 'RCV-FAIL-04',
  group: 'Failures',
  title: 'A code that no callback page lists is a failure',
  level: 'should',
  requirement:
    "A callback with another code of the vendor's table is acknowledged and treated as a failure: nothing is downloaded.",
  why: 'Whoever lists the bad codes takes the next new one for a success.',
  remedy:
    'Treat the documented code of success as success and every other code as a failure. Where callbacks carry a state instead, the documented states of progress are neither.',
  basis: ['failureTexts'],
  applies: (subject) =>
    subject.anatomy.code !== null && subject.failures.length > 0 && unlistedCodes(subject).length > 0
      ? null
      : 'the bodies of this event carry no code',
  async run(stage) {
    const { subject, anatomy } = stage;
    const codes = unlistedCodes(subject).slice(0, 4);
    const passages = [];
    const failed: string[] = [];
    const likes: string[] = [];
    for (const code of codes) {
      const task = await stage.task(`fail.${subject.failures[0]}`);
      // Its media are refused, so that only the callback can lead to a request for them.
      const like = await stage.runningTask();
      passages.push(await stage.send(task.with(unlisted(anatomy, { task, like, code }))));
      failed.push(task.taskId);
      likes.push(like.taskId);
    }
    const untouched = await nothingFetched(stage, ...failed, ...likes);
    return {
      stimulus: `codes ${codes.join(', ')}`,
      ack: acknowledged(subject, ...passages),
      effect: subject.hasProbe ? both(untouched, await knownAsFailed(stage, ...failed)) : untouched,
    };
  },
};

/** A failure by its code and its message that has media all the same: whoever takes it for a success downloads them. */
function unlisted(
  { taskId, code: place, message }: Anatomy,
  { task, like, code }: { readonly task: Task; readonly like: Task; readonly code: number },
): JsonValue {
  if (place === null) throw new Error('there is no code to change');
  const coded = replaceAt(replaceAt(like.body, taskId, task.taskId), [place], code);
  const reason = message === null ? undefined : valueAt(task.body, message);
  return message === null || reason === undefined ? coded : replaceAt(coded, [message], reason);
}
