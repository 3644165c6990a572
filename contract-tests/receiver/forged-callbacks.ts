import type { AttemptResult } from '../../mock-server/index.ts';
import type { Verdict } from '../report.ts';
import { refused } from './answer-verdicts.ts';
import { nothingFetched } from './effect-verdicts.ts';
import type { Message } from './message.ts';
import type { CaseContext, Findings, Task } from './receiver-case.ts';
import { amended, both, notObservable } from './verdicts.ts';

/** A callback that must be rejected. */
export interface Forgery {
  /** Description of its defect, such as "a signature by another key". */
  readonly what: string;
  readonly make: (task: Task) => Message;
}

/**
 * Sends a valid callback and then each forgery for a separate task. If the valid callback is rejected, the rejections
 * prove nothing and the verdict is not observable.
 */
export async function rejectsForgeries(
  context: CaseContext,
  forgeries: readonly Forgery[],
): Promise<Required<Findings>> {
  const stimulus = `a valid callback, then ${forgeries.map(({ what }) => what).join(', ')}`;
  const expected = 'the valid callback is acknowledged, and the others are rejected';
  const control = await context.send(await context.task());
  if (control.outcome !== 'acknowledged')
    return { stimulus, ack: blind(context, expected), effect: blind(context, expected) };
  const rejects: Verdict[] = [];
  const taskIds: string[] = [];
  for (const { what, make } of forgeries) {
    // The task is still running, so only the callback can cause a request for its media.
    const task = await context.runningTask();
    const attempt = await context.send(make(task));
    rejects.push(graded(attempt, named(what, refused(context.subject, what, attempt))));
    taskIds.push(task.taskId);
  }
  // An accepted forgery is worse than one rejected with the wrong status, so it is reported first.
  const byLevel = rejects.sort((a, b) => Number(a.level === 'should') - Number(b.level === 'should'));
  return { stimulus, ack: byLevel.reduce(both), effect: await nothingFetched(context, ...taskIds) };
}

/** Adds the name of the forgery to a verdict that did not pass. */
function named(what: string, verdict: Verdict): Verdict {
  return verdict.status === 'passed'
    ? verdict
    : amended(verdict, { actual: `${verdict.actual} for ${what}` });
}

/** Lowers a 5xx answer to SHOULD: a comparison that throws for unequal lengths does not accept the forgery. */
function graded({ status }: AttemptResult, verdict: Verdict): Verdict {
  return verdict.status === 'failed' && status !== null && status >= 500
    ? amended(verdict, { level: 'should' })
    : verdict;
}

function blind({ subject }: CaseContext, expected: string): Verdict {
  return notObservable(
    expected,
    `The valid callback was also rejected. Fix RCV-SEC-01 first, and check ${subject.nameOption('secret')}.`,
  );
}
