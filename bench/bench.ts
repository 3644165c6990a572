import type { Child, ScriptName, Scripts } from './child.ts';
import type { Row } from './row.ts';

/** What a measure is given to work with. */
export interface Bench {
  readonly rounds: number;
  /** A whole count or duration, made smaller by --quick. */
  scaled(whole: number): number;
  readonly quick: boolean;
  /** Starts a process that ends with the measure. */
  open<Name extends ScriptName>(script: Name, nodeOptions?: readonly string[]): Child<Scripts[Name]>;
  /** Has something closed when the measure has ended, however it ended. */
  atEnd(close: () => Promise<void>): void;
  /** Shows how far it has come. */
  say(progress: string): void;
  /** Adds a remark under the table. */
  note(remark: string): void;
}

export interface Measure {
  readonly name: string;
  readonly what: string;
  /** Rounds that count, unless --rounds says otherwise. */
  readonly rounds: number;
  readonly run: (bench: Bench) => Promise<readonly Row[]>;
}
