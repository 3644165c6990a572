import type { Evidence } from './evidence.ts';
import { pollsIn } from './evidence-queries.ts';
import type { StimulusRun } from './run-stimulus.ts';
import type { StimulusName } from './stimuli.ts';

/** The runs of one stimulus. */
export interface RecordedRuns {
  /** The run and its repetitions. */
  readonly runs: readonly Evidence[];
  readonly durationMs: number;
  /** Whether other instances of the client were running. */
  readonly inParallel: boolean;
}

/** The runs of one client by stimulus. */
export interface RunLedger {
  /** All runs in the order of their stimuli, including repetitions. */
  readonly runs: readonly Evidence[];
  has(name: StimulusName): boolean;
  /** Returns the runs of a stimulus, the reason why it was skipped, or undefined before it was run. */
  of(name: StimulusName): RecordedRuns | string | undefined;
  hasPolls(name: StimulusName): boolean;
  /** Adds a run. A run in which the client made no calls is replaced by the next one. */
  add(name: StimulusName, result: StimulusRun, inParallel: boolean): void;
  /** Whether the client made no calls while another instance was running. */
  failedToStart(name: StimulusName): boolean;
}

/** Creates an empty ledger. */
export function createRunLedger(): RunLedger {
  const ledger = new Map<StimulusName, RecordedRuns | string>();
  return {
    get runs() {
      return [...ledger.values()].flatMap((one) => (typeof one === 'string' ? [] : one.runs));
    },
    has: (name) => ledger.has(name),
    of: (name) => ledger.get(name),
    hasPolls(name) {
      const one = ledger.get(name);
      return typeof one === 'object' && one.runs.some((evidence) => pollsIn(evidence).length > 0);
    },
    add(name, result, inParallel) {
      const before = ledger.get(name);
      if (typeof result === 'string') {
        if (before === undefined) ledger.set(name, result);
        return;
      }
      const { evidence, run } = result;
      ledger.set(
        name,
        typeof before !== 'object' || isIdle(before)
          ? { runs: [evidence], durationMs: run.durationMs, inParallel }
          : { ...before, runs: [...before.runs, evidence], durationMs: before.durationMs + run.durationMs },
      );
    },
    failedToStart(name) {
      const one = ledger.get(name);
      // A client that is given a prompt that is too long may rightly not call.
      return typeof one === 'object' && one.inParallel && isIdle(one) && name !== 'long-prompt';
    },
  };
}

/** Whether the client made no calls. */
export function isIdle({ runs }: RecordedRuns): boolean {
  return runs.every(({ calls }) => calls.length === 0);
}
