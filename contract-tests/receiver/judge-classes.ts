import type { Verdict } from '../report.ts';
import { patiently } from './patiently.ts';
import type { CaseContext } from './receiver-case.ts';
import { inDoubt, notObservable, passedIf } from './verdicts.ts';

/** A failure that was sent to the receiver, and its class. */
export interface SentFailure {
  readonly taskId: string;
  readonly slug: string;
  readonly expected: string | null;
}

/** Judges whether the probe returns the expected class for each failure. */
export async function judgeClasses(context: CaseContext, tasks: readonly SentFailure[]): Promise<Verdict> {
  const expected = 'each failure has the class of its message';
  if (!context.subject.hasProbe) {
    return notObservable(
      expected,
      `Set ${context.subject.nameOption('probe')}, and include "class" in its answer.`,
    );
  }
  const look = async (): Promise<ClassCheck> => {
    const wrong: string[] = [];
    for (const { taskId, slug, expected: right } of tasks) {
      const result = await context.probe(taskId);
      if (result.type === 'broken') return { missing: `The probe failed: ${result.because}.`, wrong };
      if (result.type === 'unknown') wrong.push(`the probe does not know "${slug}"`);
      else if (result.answer.class === undefined) {
        return { missing: 'Add "class" to the answer of the probe.', wrong };
      } else if (right !== null && result.answer.class !== right) {
        wrong.push(`"${slug}" has the class ${result.answer.class}, not ${right}`);
      }
    }
    return { missing: null, wrong };
  };
  const { missing, wrong } = await patiently(
    context,
    look,
    (seen) => seen.missing === null && seen.wrong.length > 0,
  );
  if (missing !== null) return notObservable(expected, missing);
  return inDoubt(
    passedIf(
      wrong.length === 0,
      expected,
      wrong.length === 0 ? 'all failures have the expected class' : wrong.slice(0, 5).join('; '),
    ),
  );
}

interface ClassCheck {
  /** Reason why the class cannot be observed; null if it can. */
  readonly missing: string | null;
  readonly wrong: readonly string[];
}
