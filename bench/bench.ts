import type { Child, ScriptName, Scripts } from './child.ts';
import type { Row } from './row.ts';

/** Tools for one measure. */
export interface Bench {
  readonly rounds: number;
  /** Returns a count or duration, reduced by --quick. */
  scaled(whole: number): number;
  readonly quick: boolean;
  /** Starts a process that ends with the measure. */
  open<Name extends ScriptName>(script: Name, nodeOptions?: readonly string[]): Child<Scripts[Name]>;
  /** Registers a function that runs when the measure ends, even if it fails. */
  atEnd(close: () => Promise<void>): void;
  /** Shows the progress. */
  say(progress: string): void;
  /** Adds a note below the table. */
  note(remark: string): void;
}

export interface Measure {
  readonly name: string;
  readonly what: string;
  /** Number of counted rounds, unless --rounds overrides it. */
  readonly rounds: number;
  readonly run: (bench: Bench) => Promise<readonly Row[]>;
}
