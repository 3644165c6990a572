import type { Passage } from '../../mock-server/index.ts';
import type { Verdict } from '../report.ts';
import type { Findings, Message, Stage, Task } from './receiver-case.ts';
import { amended, both, nothingFetched, notObservable, refused } from './verdicts.ts';

/** A callback that must be refused, by what is wrong with it. */
export interface Forgery {
  /** Like "a signature by another key". */
  readonly what: string;
  readonly make: (task: Task) => Message;
}

/**
 * Sends each of these about a task of its own, after a good callback. Where even the good one is refused, nothing can
 * be learned from refusals.
 */
export async function refusesForgeries(
  stage: Stage,
  forgeries: readonly Forgery[],
): Promise<Required<Findings>> {
  const stimulus = `a good callback, then ${forgeries.map(({ what }) => what).join(', ')}`;
  const expected = 'the good callback is acknowledged, and the others are refused';
  const control = await stage.send(await stage.task());
  if (control.outcome !== 'acknowledged') return { stimulus, ack: blind(expected), effect: blind(expected) };
  const rejects: Verdict[] = [];
  const taskIds: string[] = [];
  for (const { what, make } of forgeries) {
    // It is still running, so that nothing but the callback can lead to a request for its media.
    const task = await stage.runningTask();
    const passage = await stage.send(make(task));
    rejects.push(graded(passage, named(what, refused(stage.subject, what, passage))));
    taskIds.push(task.taskId);
  }
  // What was accepted is worse than what was refused in the wrong way, and is reported first.
  const byLevel = rejects.sort((a, b) => Number(a.level === 'should') - Number(b.level === 'should'));
  return { stimulus, ack: byLevel.reduce(both), effect: await nothingFetched(stage, ...taskIds) };
}

/** The verdict about one of several says which. */
function named(what: string, verdict: Verdict): Verdict {
  return verdict.status === 'passed'
    ? verdict
    : amended(verdict, { actual: `${verdict.actual} for ${what}` });
}

/** A receiver that breaks down of a forgery, as comparisons of unequal lengths do, has not accepted it. */
function graded({ status }: Passage, verdict: Verdict): Verdict {
  return verdict.status === 'failed' && status !== null && status >= 500
    ? amended(verdict, { level: 'should' })
    : verdict;
}

function blind(expected: string): Verdict {
  return notObservable(
    expected,
    'The good callback was refused as well: make RCV-SEC-01 pass first, and check --secret.',
  );
}
