import type { ServerFlags } from './server-options.ts';
import type { SuiteFlags } from './suite-output.ts';

/** The parsed options of `run`. */
export interface RunFlags {
  /** The options of the mock. */
  readonly server: ServerFlags;
  /** The port of the mock; 0 for a free one. */
  readonly port: number;
  /** `NAME=VALUE`, with the placeholders {url}, {url:PACK} and {key}. */
  readonly env: readonly string[];
  /** Whether the calls of the command are judged like those of a client. */
  readonly verify: boolean;
  /** The factor by which the waits of the client are shortened, for verdicts on its pace. */
  readonly timeScale: number;
  readonly suite: SuiteFlags;
  readonly allowUnused: boolean;
  /** Whether to print nothing about the run itself, except verdicts and errors. */
  readonly quiet: boolean;
}
