import type { AttemptOutcome } from '../../mock-server/index.ts';
import type { NameOption } from '../name-option.ts';
import type { Headline } from '../report.ts';

/** Detects a receiver that hangs or has stopped listening, so that later cases are not run. */
export interface HangWatch {
  /** Reason why no more cases are run; null while they are. */
  readonly stopped: string | null;
  /** Whether several consecutive callbacks timed out. */
  readonly isOverloaded: boolean;
  /** Findings about the whole run. */
  readonly headlines: readonly Headline[];
  /** Reason why the run is inconclusive; null if it is not. */
  readonly inconclusive: string | null;
  started(caseId: string): void;
  ended(caseId: string): void;
  /** Counts consecutive timeouts of valid callbacks. @param isAlone whether the case runs alone, so that load cannot slow the receiver */
  answered(outcome: AttemptOutcome, caseId: string, isAlone: boolean): void;
  /** Notes that the receiver stopped listening. @returns whether only one case was running, which is then the cause */
  gone(): boolean;
}

/** Number of consecutive timeouts of valid callbacks after which a receiver counts as hanging. */
const HANGS_AFTER = 2;

/** Creates a watch. @param halted reason why no cases are run from the start; null if they are */
export function createHangWatch(halted: string | null, nameOption: NameOption): HangWatch {
  const headlines: Headline[] = [];
  const running = new Set<string>();
  let stopped = halted;
  let inconclusive: string | null = null;
  let timeoutsInRow = 0;
  let isOverloaded = false;

  function stop(text: string, remedy: string): void {
    if (stopped !== null) return;
    stopped = text;
    headlines.push({ text, remedy });
  }

  return {
    get stopped() {
      return stopped;
    },
    get isOverloaded() {
      return isOverloaded;
    },
    headlines,
    get inconclusive() {
      return inconclusive;
    },
    started: (caseId) => void running.add(caseId),
    ended: (caseId) => void running.delete(caseId),
    answered(outcome, caseId, isAlone) {
      timeoutsInRow = outcome === 'timeout' ? timeoutsInRow + 1 : 0;
      if (timeoutsInRow < HANGS_AFTER) return;
      isOverloaded = true;
      timeoutsInRow = 0;
      if (!isAlone) return;
      stop(
        `The receiver stopped answering: ${HANGS_AFTER} consecutive valid callbacks timed out during ${caseId}.`,
        'Check the log of the receiver and the timeline of that case. Later cases were not run.',
      );
    },
    gone() {
      stop(
        `The receiver stopped listening during ${[...running].join(', ')}.`,
        'Check the log of the receiver. Later cases were not run.',
      );
      if (running.size === 1) return true;
      inconclusive = `${stopped} Run again with one case at a time (${nameOption('jobs')}) to find the case that stops it.`;
      return false;
    },
  };
}
