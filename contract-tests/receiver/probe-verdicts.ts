import type { Verdict } from '../report.ts';
import { nothingFetched } from './effect-verdicts.ts';
import { patiently } from './patiently.ts';
import type { CaseContext } from './receiver-case.ts';
import { both, inDoubt, notObservable, passedIf, verdict } from './verdicts.ts';

/** Judges one field of the probe's answer for a task; not observable if the field is missing. */
export async function probed(
  context: CaseContext,
  taskId: string,
  field: 'state' | 'class' | 'retryable' | 'escaped',
  isRight: (value: unknown) => boolean,
  expected: string,
): Promise<Verdict> {
  if (!context.subject.hasProbe) {
    return notObservable(
      expected,
      `Set ${context.subject.nameOption('probe')}, and include "${field}" in its answer.`,
    );
  }
  const look = () => context.probe(taskId);
  // A file outside the folder remains there, and load cannot cause it.
  const isFinal = field === 'escaped';
  const result = await patiently(
    context,
    look,
    (seen) =>
      seen.type === 'unknown' || (!isFinal && seen.type === 'answered' && !isRight(seen.answer[field])),
  );
  if (result.type === 'broken') return notObservable(expected, `The probe failed: ${result.because}.`);
  // A receiver that does not know the task has lost its callback.
  if (result.type === 'unknown') {
    return field === 'escaped'
      ? notObservable(expected, 'The probe does not know the task, so its answer does not contain "escaped".')
      : inDoubt(verdict('failed', expected, 'the probe does not know the task'));
  }
  const value = result.answer[field];
  if (value === undefined) {
    return notObservable(expected, `Add "${field}" to the answer of the probe.`);
  }
  const judged = passedIf(isRight(value), expected, `${field}: ${JSON.stringify(value)}`);
  return isFinal ? judged : inDoubt(judged);
}

/** Judges whether the probe reports each of these tasks as failed. */
export async function knownAsFailed(context: CaseContext, ...taskIds: readonly string[]): Promise<Verdict> {
  const verdicts: Verdict[] = [];
  for (const taskId of taskIds) {
    verdicts.push(
      await probed(context, taskId, 'state', (state) => state === 'failed', 'the task is "failed"'),
    );
  }
  return verdicts.reduce(both);
}

/** Judges whether no media of these tasks was requested and, with a probe, whether the tasks are failed. */
export async function failedWithoutDownload(
  context: CaseContext,
  ...taskIds: readonly string[]
): Promise<Verdict> {
  const untouched = await nothingFetched(context, ...taskIds);
  return context.subject.hasProbe ? both(untouched, await knownAsFailed(context, ...taskIds)) : untouched;
}
