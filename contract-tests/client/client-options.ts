import type { OptionNames } from '../../mock-server/internal.ts';
import type { OnActivity } from '../activity.ts';
import type { CaseReport } from '../report.ts';
import type { ClientFunction, CommandClient } from './client-under-test.ts';

/** Advances the client's fake timers. @param durationMs milliseconds of the client's time */
export type AdvanceTimers = (durationMs: number) => unknown;

/** Options of `judgeClient`. */
export interface ClientOptions extends Partial<CommandClient> {
  /** A function that does one job with the client, instead of a command. */
  readonly run?: ClientFunction;
  /** Pack folders in addition to the built-in ones. */
  readonly packs?: readonly string[];
  /** Profile of the packs (default: the first of each pack). */
  readonly profile?: string;
  /** Determines the task ids (default: new ones in each run). */
  readonly seed?: string | number;
  /** Ids, or prefixes of ids, of the cases to judge (default: all). */
  readonly only?: readonly string[];
  /** Judges only what a few short runs show, in less than 30 seconds for a client that polls every second (default: false). */
  readonly quick?: boolean;
  /**
   * Factor by which the client's waits are shorter than in production, such as 30 for a poll every second instead of
   * every 30 (default: 1).
   */
  readonly timeScale?: number;
  /** Longest duration of a run, wall time (default: 2 minutes; 12 seconds with `quick`). */
  readonly timeLimit?: string | number;
  /** Time after which the client must stop polling for a result that never arrives, in the client's own time (default: 15 minutes). */
  readonly giveUpWithin?: string | number;
  /** Time within which media should be downloaded, in the client's own time (default: per vendor). */
  readonly downloadWithin?: string | number;
  /** Number of tasks that the account may run at once (default: no limit). */
  readonly concurrency?: number;
  /** Number of runs in parallel (default: 4). */
  readonly jobs?: number;
  /** Hosts that may receive callbacks in addition to loopback and private addresses (default: none). */
  readonly allowCallback?: readonly string[];
  /** Folder of a certificate authority; the mock, its media and the callback URL then use https (default: plain HTTP). */
  readonly tls?: string;
  /** Advances the client's fake timers by milliseconds; the runs then use the virtual clock, one at a time. */
  readonly advanceTimers?: AdvanceTimers;
  /** Called with the id of each case when it starts. */
  readonly onStarted?: (id: string) => void;
  /** Called with the report of each case when it ends. */
  readonly onFinished?: (report: CaseReport) => void;
  /** Called with what the judge is doing or waiting for. */
  readonly onActivity?: OnActivity;
}

/** Names of all options of `judgeClient`. */
export const CLIENT_OPTIONS: OptionNames<ClientOptions> = {
  command: true,
  env: true,
  cwd: true,
  run: true,
  packs: true,
  profile: true,
  seed: true,
  only: true,
  quick: true,
  timeScale: true,
  timeLimit: true,
  giveUpWithin: true,
  downloadWithin: true,
  concurrency: true,
  jobs: true,
  allowCallback: true,
  tls: true,
  advanceTimers: true,
  onStarted: true,
  onFinished: true,
  onActivity: true,
};
