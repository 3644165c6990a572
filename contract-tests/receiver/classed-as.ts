import type { Verdict } from '../report.ts';
import type { Stage } from './receiver-case.ts';
import { holds, notObservable, patiently } from './verdicts.ts';

/** A failure that a receiver was told of, and the class it belongs to. */
export interface Told {
  readonly taskId: string;
  readonly slug: string;
  readonly expected: string | null;
}

/** Whether the probe names the right class for each of these. */
export async function classedAs(stage: Stage, tasks: readonly Told[]): Promise<Verdict> {
  const expected = 'each failure has the class of its message';
  const look = async (): Promise<string[] | null> => {
    const wrong: string[] = [];
    for (const { taskId, slug, expected: right } of tasks) {
      const answer = await stage.probe(taskId);
      if (answer?.class === undefined) return null;
      if (right !== null && answer.class !== right) wrong.push(`"${slug}" is ${answer.class}, not ${right}`);
    }
    return wrong;
  };
  const wrong = await patiently(stage, look, (seen) => seen !== null && seen.length > 0);
  if (wrong === null) {
    return notObservable(expected, 'Give --probe, and let its answer have "class".');
  }
  return holds(
    wrong.length === 0,
    expected,
    wrong.length === 0 ? 'all have it' : wrong.slice(0, 5).join('; '),
  );
}
