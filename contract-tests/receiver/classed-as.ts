import type { Verdict } from '../report.ts';
import type { Stage } from './receiver-case.ts';
import { holds, inDoubt, notObservable, patiently } from './verdicts.ts';

/** A failure that a receiver was told of, and the class it belongs to. */
export interface Told {
  readonly taskId: string;
  readonly slug: string;
  readonly expected: string | null;
}

/** Whether the probe names the right class for each of these. */
export async function classedAs(stage: Stage, tasks: readonly Told[]): Promise<Verdict> {
  const expected = 'each failure has the class of its message';
  if (!stage.subject.hasProbe) {
    return notObservable(expected, 'Give --probe, and let its answer have "class".');
  }
  const look = async (): Promise<Looked> => {
    const wrong: string[] = [];
    for (const { taskId, slug, expected: right } of tasks) {
      const result = await stage.probe(taskId);
      if (result.type === 'broken') return { missing: `The probe failed: ${result.because}.`, wrong };
      if (result.type === 'unknown') wrong.push(`"${slug}" is unknown to the probe`);
      else if (result.answer.class === undefined) {
        return { missing: 'The probe\'s answer has no "class": add it.', wrong };
      } else if (right !== null && result.answer.class !== right) {
        wrong.push(`"${slug}" is ${result.answer.class}, not ${right}`);
      }
    }
    return { missing: null, wrong };
  };
  const { missing, wrong } = await patiently(
    stage,
    look,
    (seen) => seen.missing === null && seen.wrong.length > 0,
  );
  if (missing !== null) return notObservable(expected, missing);
  return inDoubt(
    holds(wrong.length === 0, expected, wrong.length === 0 ? 'all have it' : wrong.slice(0, 5).join('; ')),
  );
}

interface Looked {
  /** Why no class can be seen; null when one can. */
  readonly missing: string | null;
  readonly wrong: readonly string[];
}
