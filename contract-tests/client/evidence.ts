import type { JournalEntry, Pack } from '../../mock-server/index.ts';
import { createGathering } from './gathering.ts';

type Operation = Pack['operations'][number];
type Submitted = Extract<JournalEntry, { readonly type: 'task.submitted' }>;
type Answered = Extract<JournalEntry, { readonly type: 'request.answered' }>;
type Served = Extract<JournalEntry, { readonly type: 'media.served' }>;
type Ended = Extract<JournalEntry, { readonly type: 'attempt.ended' }>;
type Plan = Submitted['plan'];

/** Something that happened, in the client's own time. */
export interface Happening {
  readonly seq: number;
  /** Milliseconds of the client's time, `timeScale` included. */
  readonly atMs: number;
}

/** A call to the vendor's API. */
export interface ApiCall extends Happening {
  readonly entry: Answered;
  /** Whose operations it is held against. */
  readonly pack: Pack;
  readonly operation: Operation | null;
  /** The request's body as JSON; undefined when it is none. */
  readonly body: unknown;
  /** The answer as JSON; undefined when it is none. */
  readonly answer: unknown;
  /** Whether an SDK says that it repeated the request by itself, without the application. */
  readonly isRetryOfSdk: boolean;
  /** Whether the key is in its URL or in its body. */
  readonly showsKey: boolean;
  /** Whether its Authorization header has a key and a scheme that the vendor accepts. */
  readonly isAuthorized: boolean;
  /** Whether the answer has a flag that says that media have expired. */
  readonly saysExpired: boolean;
  /** The first time without a zone in the answer: the whole, its day, its time of day. */
  readonly zonelessTime: readonly string[] | null;
  /** The task that a poll names, whether there is such a task or not; null when it names none. */
  readonly askedId: string | null;
}

/** A POST of a callback, as it ended. */
export interface CallbackTry extends Happening {
  readonly entry: Ended;
  readonly isAcknowledged: boolean;
}

export interface Download extends Happening {
  readonly entry: Served;
}

export interface TaskLife extends Happening {
  readonly id: string;
  readonly plan: Plan;
  /** When it came to its end; null while it has not. */
  readonly endedAtMs: number | null;
  /** From here on its media were gone; null when they are not. */
  readonly expiredSeq: number | null;
}

/** How the command, or the function, that was judged came to its end. */
export interface RunFacts {
  /** 0 when all went well; null when it had to be ended. */
  readonly exitCode: number | null;
  /** What it printed, or the message it failed with. */
  readonly output: string;
  /** What it was asked to make a video of. */
  readonly prompt: string;
  /** Which key it was given. */
  readonly key: string;
  /** The callback URL it was told to use; null when it was told none. */
  readonly callbackUrl: string | null;
  /** The time zone it ran in. */
  readonly timeZone: string | null;
}

/** Settings that rules depend on. */
export interface Measures {
  /** How much faster than the vendor's the client's own timers run. */
  readonly timeScale: number;
  /** `wall` time times the scale, or the `service` time of a virtual clock. */
  readonly time: 'wall' | 'service';
  /** How long a client may go on asking for what never comes; milliseconds of its time. */
  readonly giveUpWithinMs: number;
  readonly downloadWithinMs: number | null;
  /** How many tasks may be open at once; null when nobody said. */
  readonly concurrency: number | null;
}

/** All that a rule may look at. */
export interface Evidence extends Measures {
  readonly pack: Pack;
  readonly calls: readonly ApiCall[];
  readonly tasks: readonly TaskLife[];
  readonly tries: readonly CallbackTry[];
  readonly downloads: readonly Download[];
  /** When the journal ends. */
  readonly endsAtMs: number;
  /** Null when a journal is judged while the client goes on. */
  readonly run: RunFacts | null;
}

export interface EvidenceOptions extends Measures {
  readonly entries: readonly JournalEntry[];
  readonly pack: Pack;
  readonly run: RunFacts | null;
  /** When the run ended, ISO 8601; the last entry when left out. */
  readonly endedAt?: string;
}

export function gatherEvidence({ entries, pack, run, endedAt, ...measures }: EvidenceOptions): Evidence {
  const gathering = createGathering([pack], measures, run !== null);
  for (const entry of entries) gathering.add(entry);
  return gathering.evidenceOn(pack, run, endedAt);
}
