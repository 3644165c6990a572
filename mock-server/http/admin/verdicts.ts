import type { Account } from '../../core/types.ts';
import type { Presented } from '../../journal/iso-times.ts';
import type { Journal } from '../../journal/journal.ts';
import type { PackedEntry } from '../../journal/journal-entry.ts';
import { type OpenEntry, presentEntry } from '../../journal/unpack-entry.ts';
import type { Pack } from '../../packs/pack.ts';
import { isSteps, takeInSlices } from '../slices.ts';

/**
 * Judges clients by the journal of a mock. The result is the answer to `GET /__admin/verdicts`. Entries are created as
 * they are read, and can be read several times. A judge that returns an iterator, as a generator function does, runs a
 * few milliseconds at a time, so that a long journal does not block the mock. The signal aborts when all callers have
 * disconnected.
 */
export type Judge = (
  entries: Iterable<Presented<OpenEntry>>,
  packs: readonly Pack[],
  signal: AbortSignal,
) => unknown;

export interface VerdictsOptions {
  readonly journal: Journal;
  readonly packs: readonly Pack[];
  readonly judge: Judge;
  /** Returns whether an entry is about the account. */
  readonly concerns: (record: PackedEntry, account: Account) => boolean;
}

/** Runs one judge at a time, and shares the result between concurrent callers. */
export interface Verdicts {
  /**
   * Judges the journal as it is now. Concurrent calls for the same account share one run.
   * @param signal ends the wait; a run is stopped when all its callers have left
   */
  of(account: Account | undefined, signal: AbortSignal): Promise<unknown>;
}

interface JudgeRun {
  readonly account: Account | undefined;
  readonly stop: AbortController;
  readonly result: Promise<unknown>;
  /** Number of the last entry that the run covers; null while it is queued. */
  lastSeq: number | null;
  waiting: number;
}

export function createVerdicts({ journal, packs, judge, concerns }: VerdictsOptions): Verdicts {
  const runs = new Set<JudgeRun>();
  let turn: Promise<unknown> = Promise.resolve();

  /** Returns the journal up to an entry. An entry that the judge does not keep costs no memory. */
  function entriesUpTo(upTo: number, account: Account | undefined): Iterable<Presented<OpenEntry>> {
    return {
      *[Symbol.iterator]() {
        for (const record of journal.read({ upTo })) {
          if (record === null || (account !== undefined && !concerns(record, account))) continue;
          yield presentEntry(record, journal.secrets);
        }
      },
    };
  }

  async function judgeNow(run: JudgeRun, signal: AbortSignal): Promise<unknown> {
    signal.throwIfAborted();
    run.lastSeq = journal.last;
    const verdict = await judge(entriesUpTo(run.lastSeq, run.account), packs, signal);
    return isSteps(verdict) ? takeInSlices(verdict, signal) : verdict;
  }

  function begin(account: Account | undefined): JudgeRun {
    const stop = new AbortController();
    const result = turn.then(() => judgeNow(run, stop.signal)).finally(() => runs.delete(run));
    const run: JudgeRun = { account, stop, result, lastSeq: null, waiting: 0 };
    turn = result.catch(() => undefined);
    runs.add(run);
    return run;
  }

  /**
   * Finds a run to share: one that has not begun will cover all current entries; one that has begun must cover the last
   * one.
   */
  function shareable(account: Account | undefined): JudgeRun | undefined {
    for (const run of runs) {
      const isUpToDate = run.lastSeq === null || run.lastSeq === journal.last;
      if (run.account === account && isUpToDate && !run.stop.signal.aborted) return run;
    }
    return undefined;
  }

  return {
    async of(account, signal) {
      const run = shareable(account) ?? begin(account);
      const leave = (): void => {
        run.waiting -= 1;
        if (run.waiting === 0) run.stop.abort();
      };
      run.waiting += 1;
      signal.addEventListener('abort', leave, { once: true });
      try {
        return await run.result;
      } finally {
        signal.removeEventListener('abort', leave);
      }
    },
  };
}
