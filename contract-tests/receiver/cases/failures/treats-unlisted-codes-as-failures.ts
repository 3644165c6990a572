import { acknowledged } from '../../answer-verdicts.ts';
import { type CallbackShape, type JsonValue, nameTask, replaceAt, valueAt } from '../../callback-shape.ts';
import { nothingFetched } from '../../effect-verdicts.ts';
import { inParentheses, otherErrorCodes } from '../../pack-figures.ts';
import { knownAsFailed } from '../../probe-verdicts.ts';
import type { ReceiverCase, Task } from '../../receiver-case.ts';
import { unlistedCodes } from '../../selections.ts';
import { both } from '../../verdicts.ts';

export const treatsUnlistedCodesAsFailures: ReceiverCase = {
  id: 'RCV-FAIL-04',
  group: 'Failures',
  title: 'An error code missing from the callback page is treated as a failure',
  level: 'should',
  requirement: {
    general:
      'The receiver SHOULD acknowledge a callback with any other error code of the vendor, treat it as a failure, and download nothing.',
    of: (pack) =>
      `The receiver SHOULD acknowledge a callback with any other error code of the vendor${inParentheses(otherErrorCodes(pack))}, treat it as a failure, and download nothing.`,
  },
  why: 'A receiver with a list of error codes treats every new code as a success.',
  remedy:
    'Treat the documented success code as a success and every other code as a failure. If callbacks carry a state instead, the documented progress states are neither.',
  basis: ['errorCodes', { derived: 'A page that lists the codes of callbacks can be incomplete.' }],
  applies: (subject) =>
    subject.shape.code !== null && subject.failures.length > 0 && unlistedCodes(subject).length > 0
      ? null
      : 'the callbacks of this event have no result code, or no other codes are documented',
  async run(context) {
    const { subject, shape } = context;
    const codes = unlistedCodes(subject).slice(0, 4);
    const attempts = [];
    const failed: string[] = [];
    const likes: string[] = [];
    for (const code of codes) {
      const task = await context.task(`fail.${subject.failures[0]}`);
      // The mock does not serve the media of a running task, so only the callback can cause a request for them.
      const like = await context.runningTask();
      attempts.push(await context.send(task.with(unlisted(shape, { task, like, code }))));
      failed.push(task.taskId);
      likes.push(like.taskId);
    }
    const untouched = await nothingFetched(context, ...failed, ...likes);
    return {
      stimulus: `codes ${codes.join(', ')}`,
      ack: acknowledged(subject, ...attempts),
      effect: subject.hasProbe ? both(untouched, await knownAsFailed(context, ...failed)) : untouched,
    };
  },
};

/** Returns a body with the code and message of a failure and the media of a success: a receiver that treats it as a success downloads them. */
function unlisted(
  { taskId, code: place, message }: CallbackShape,
  { task, like, code }: { readonly task: Task; readonly like: Task; readonly code: number },
): JsonValue {
  if (place === null) throw new Error('The body has no code to replace.');
  const coded = replaceAt(nameTask(like.body, { taskId }, task.namedId), [place], code);
  const reason = message === null ? undefined : valueAt(task.body, message);
  return message === null || reason === undefined ? coded : replaceAt(coded, [message], reason);
}
