import type { OptionNames } from '../../mock-server/internal.ts';
import type { OnActivity } from '../activity.ts';
import type { CaseReport } from '../report.ts';

/** Options of `judgeReceiver`. */
export interface ReceiverOptions {
  /** URL that callbacks are sent to. */
  readonly url: string;
  /** Event to send, such as `runway.generate`. */
  readonly event: string;
  /** Pack folders in addition to the built-in ones. */
  readonly packs?: readonly string[];
  /** Profile of the packs (default: the first of each pack). */
  readonly profile?: string;
  /** Determines the task ids (default: new ones in each run, because receivers remember tasks). */
  readonly seed?: string | number;
  /** Ids, or prefixes of ids, of the cases to run (default: all). */
  readonly only?: readonly string[];
  /** Runs only the cases of the quick set, in less than 30 seconds; `only` overrides it (default: false). */
  readonly quick?: boolean;
  /** Time in which the receiver must answer, wall time (default: per vendor). */
  readonly ackTimeout?: string | number;
  /** Time that the work of the receiver may take to start and to make progress (default: learned from its first callback). */
  readonly settle?: string | number;
  /** Time within which 19 of 20 answers must arrive (default: 2 s). */
  readonly fastAck?: string | number;
  /** Time within which a download must begin (default: 60 s). */
  readonly downloadWithin?: string | number;
  /**
   * Time within which the application must poll for a task whose callbacks never arrive (default: not judged, because no
   * page states a time).
   */
  readonly pollWithin?: string | number;
  /** Key that callbacks are signed with. */
  readonly secret?: string;
  /** Headers added to each callback, for receivers behind a gateway. */
  readonly headers?: Readonly<Record<string, string>>;
  /** URL or command with `{taskId}` that answers with a `ProbeAnswer`. */
  readonly probe?: string;
  /** URL to POST to, or command, that makes the system under test submit one task to the mock. */
  readonly submit?: string;
  /** Port of the mock that the system under test calls and downloads from (default: any free port). */
  readonly apiPort?: number;
  /** Host name in media URLs and in the API's own URLs, for receivers with a list of allowed hosts (default: 127.0.0.1). */
  readonly mediaHost?: string;
  /** Command that restarts the receiver, and ends when it listens again. */
  readonly restartCommand?: string;
  /** Restarts a receiver that runs in this process. */
  readonly restart?: () => Promise<void>;
  /** Folder of a certificate authority; media and API are then served over https. */
  readonly tls?: string;
  /** Whether to wait for the gaps between retries (default: false). */
  readonly realGaps?: boolean;
  /** Number of cases in parallel (default: 8). */
  readonly jobs?: number;
  /** Returns the uncaught errors of an app in this process during a case. */
  readonly errors?: (caseId: string) => readonly string[];
  /** Called with the id of a case that begins. */
  readonly onStarted?: (id: string) => void;
  /** Called with the report of a case that has ended. */
  readonly onFinished?: (report: CaseReport) => void;
  /** Called with what the judge is doing or waiting for. */
  readonly onActivity?: OnActivity;
}

/** Names of all options of `judgeReceiver`. */
export const RECEIVER_OPTIONS: OptionNames<ReceiverOptions> = {
  url: true,
  event: true,
  packs: true,
  profile: true,
  seed: true,
  only: true,
  quick: true,
  ackTimeout: true,
  settle: true,
  fastAck: true,
  downloadWithin: true,
  pollWithin: true,
  secret: true,
  headers: true,
  probe: true,
  submit: true,
  apiPort: true,
  mediaHost: true,
  restartCommand: true,
  restart: true,
  tls: true,
  realGaps: true,
  jobs: true,
  errors: true,
  onStarted: true,
  onFinished: true,
  onActivity: true,
};
