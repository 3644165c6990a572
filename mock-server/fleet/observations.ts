import type { Journal } from '../journal/journal.ts';
import type { PackedEntry } from '../journal/journal-entry.ts';
import { entryNumber, lastNumberOf } from './numbering.ts';
import type { Observation, ObservationBatch, ObservationLog } from './observation-log.ts';

/** Writes the observations of this replica to the log, and adds those of all replicas to the journal. */
export interface Observations {
  /** Takes an observation of this replica, which is written soon. */
  take(entry: PackedEntry): void;
  /** Resolves when everything that was taken is in the log. */
  flush(): Promise<void>;
  /** Adds the observations up to a place to the journal. */
  pull(place: number): Promise<void>;
  /** The number up to which no further entry can appear here. */
  readonly complete: number;
  /** The place of the last batch that the journal has. */
  readonly observed: number;
  /** Continues after a snapshot: older observations are listed, but not counted again. */
  continueAfter(observed: number): void;
  /** Calls a listener with entries in the order of their numbers. @returns a function that ends the subscription */
  follow(listener: (entry: PackedEntry) => void): () => void;
  /** Whether anyone waits for new entries. */
  readonly isFollowed: boolean;
}

export interface ObservationsOptions {
  readonly log: () => ObservationLog | null;
  readonly journal: () => Pick<Journal, 'replay' | 'list' | 'read'> | null;
  /** Runs a flush soon. */
  readonly soon: (run: () => void) => void;
}

/** More observations than this are dropped while the log cannot be reached. */
const MOST_WAITING = 10_000;

export function createObservations({ log, journal, soon }: ObservationsOptions): Observations {
  const listeners = new Set<(entry: PackedEntry) => void>();
  let pulling: Promise<void> = Promise.resolve();
  let observed = 0;
  let counted = 0;
  let complete = 0;
  const outbox = createOutbox(log, soon);

  async function read(place: number): Promise<void> {
    const target = log();
    const to = journal();
    if (target === null || to === null) return;
    for (const batch of await target.read(observed)) {
      if (batch.seq > place) break;
      add(batch, to, batch.seq > counted);
      observed = batch.seq;
    }
    const from = complete;
    complete = Math.max(complete, lastNumberOf(place));
    if (listeners.size > 0) announce(to.read({ since: from }), listeners);
  }

  return {
    take({ seq: _unnumbered, ...observation }) {
      outbox.add(observation as Observation);
    },
    flush: outbox.flush,
    pull(place) {
      const pulled = pulling.then(() => read(place));
      pulling = pulled.catch(() => undefined);
      return pulled;
    },
    get complete() {
      return complete;
    },
    get observed() {
      return observed;
    },
    continueAfter(place) {
      counted = place;
    },
    follow(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    get isFollowed() {
      return listeners.size > 0;
    },
  };
}

function add(
  { seq, observations }: ObservationBatch,
  journal: Pick<Journal, 'replay' | 'list'>,
  isNew: boolean,
): void {
  for (const [index, observation] of observations.entries()) {
    const entry = { ...observation, seq: entryNumber(seq, index) } as PackedEntry;
    if (isNew) journal.replay(entry);
    else journal.list(entry);
  }
}

function announce(
  entries: Iterable<PackedEntry | null>,
  listeners: ReadonlySet<(entry: PackedEntry) => void>,
): void {
  for (const entry of entries) {
    if (entry !== null) for (const listener of listeners) listener(entry);
  }
}

/** Writes observations in batches, one batch at a time. */
function createOutbox(log: ObservationsOptions['log'], soon: ObservationsOptions['soon']) {
  let waiting: Observation[] = [];
  let flushing: Promise<void> | null = null;
  let isSoon = false;

  async function write(): Promise<void> {
    const target = log();
    while (target !== null && waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        await target.append(batch);
      } catch (error) {
        waiting = [...batch, ...waiting].slice(-MOST_WAITING);
        throw error;
      }
    }
  }

  function flush(): Promise<void> {
    flushing ??= write().finally(() => {
      flushing = null;
    });
    return flushing;
  }

  return {
    add(observation: Observation): void {
      waiting.push(observation);
      if (waiting.length > MOST_WAITING) waiting.shift();
      if (isSoon) return;
      isSoon = true;
      soon(() => {
        isSoon = false;
        // They wait for the next attempt while the store cannot be reached.
        flush().catch(() => undefined);
      });
    },
    async flush(): Promise<void> {
      // An earlier flush may not include the latest observations.
      await flushing?.catch(() => undefined);
      await flush();
    },
  };
}
