import type { OnActivity } from '../activity.ts';
import type { CaseReport } from '../report.ts';

/** Options of the judge of receivers. */
export interface ReceiverOptions {
  /** Where the receiver listens. */
  readonly url: string;
  /** Like `runway.generate`. */
  readonly event: string;
  /** Pack folders in addition to the built-in ones. */
  readonly packs?: readonly string[];
  readonly profile?: string;
  /** Determines the task ids. Default: a new one in each run, because receivers remember what they have done. */
  readonly seed?: string | number;
  /** Ids, or prefixes of ids, of the cases to run; default: all. */
  readonly only?: readonly string[];
  /** Runs only the cases of the quick set, in less than 30 seconds; `only` overrides it. */
  readonly quick?: boolean;
  /** Time the receiver has to answer, wall time; default: the vendor's. */
  readonly ackTimeout?: string | number;
  /**
   * How long the receiver's work may take to start and to make progress; default: learned from its first callback.
   */
  readonly settle?: string | number;
  /** Time within which 19 of 20 answers must arrive; default: 2 s. */
  readonly fastAck?: string | number;
  /** Time within which a download must begin; default: 60 s. */
  readonly downloadWithin?: string | number;
  /**
   * Time within which the application must poll for a task whose callbacks never arrive; default: not judged, because
   * no page says how long it may wait.
   */
  readonly pollWithin?: string | number;
  /** Key that callbacks are signed with. */
  readonly secret?: string;
  /** Headers added to each callback, for receivers behind a gateway. */
  readonly headers?: Readonly<Record<string, string>>;
  /** URL or command with `{taskId}` in it that answers what became of a task; see `ProbeAnswer`. */
  readonly probe?: string;
  /** URL to POST to, or command, that makes the system under test submit one task to the mock. */
  readonly submit?: string;
  /** Port of the mock that the system under test calls and downloads from; default: any free port. */
  readonly apiPort?: number;
  /** Host name in media URLs and in the API's own URLs, for receivers with a list of allowed hosts; default: 127.0.0.1. */
  readonly mediaHost?: string;
  readonly restartCommand?: string;
  /** Restarts the receiver, where it runs in the same process. */
  readonly restart?: () => Promise<void>;
  /** Media and API are served over https, by an authority of our own that is kept in this folder. */
  readonly tls?: string;
  /** Waits the vendor's own gaps between retries. Default: the gaps are left out. */
  readonly realGaps?: boolean;
  /** Cases run in parallel; default: 8. */
  readonly jobs?: number;
  /** Uncaught errors of the app under test during a case; for apps in this process. */
  readonly errors?: (caseId: string) => readonly string[];
  readonly onStarted?: (id: string) => void;
  readonly onFinished?: (report: CaseReport) => void;
  readonly onActivity?: OnActivity;
}
