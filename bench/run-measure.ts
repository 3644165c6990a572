import type { Bench, Measure } from './bench.ts';
import { openChild } from './child.ts';
import type { Row } from './row.ts';

export interface RunOptions {
  readonly rounds: number | null;
  readonly quick: boolean;
  say(progress: string): void;
}

/** Result of one measure. */
export interface Outcome {
  readonly rows: readonly Row[];
  readonly notes: readonly string[];
  /** Reason why the rows are missing; null otherwise. */
  readonly failure: string | null;
}

/** Runs one measure and ends every process that it started. */
export async function runMeasure(measure: Measure, { rounds, quick, say }: RunOptions): Promise<Outcome> {
  const { name } = measure;
  return withBench(
    { rounds: rounds ?? measure.rounds, quick, say: (text) => say(`${name}: ${text}`) },
    measure.run,
  );
}

export async function withBench(
  { rounds, quick, say }: Pick<Bench, 'rounds' | 'quick' | 'say'>,
  run: Measure['run'],
): Promise<Outcome> {
  const closing: (() => Promise<void>)[] = [];
  const notes: string[] = [];
  const bench: Bench = {
    rounds,
    quick,
    say,
    scaled: (whole) => Math.ceil(quick ? whole / 10 : whole),
    open(script, nodeOptions) {
      const child = openChild(script, nodeOptions);
      closing.push(child.close);
      return child;
    },
    atEnd: (close) => closing.push(close),
    note: (remark) => notes.push(remark),
  };
  try {
    return { rows: await run(bench), notes, failure: null };
  } catch (error) {
    return { rows: [], notes, failure: error instanceof Error ? error.message : String(error) };
  } finally {
    await Promise.all(closing.map((close) => close()));
  }
}
