import type { Dispatch, DueAttempt } from '../delivery/dispatch.ts';
import { interrupted, type OutgoingCallback } from '../delivery/post-callback.ts';
import type { AttemptKey, CommandOf } from '../engine/commands.ts';
import type { AttemptJob } from './work-queue.ts';

/** The attempts that are due, as all replicas know them: each waits for a replica to begin it, and then to end. */
export interface FleetCourier {
  readonly dispatch: Dispatch;
  /** Applies the beginning of an attempt. @returns what to send; null when it has begun already or is not wanted anymore */
  begin(command: CommandOf<'begin-attempt'>): OutgoingCallback | null;
  end(command: CommandOf<'end-attempt'>): void;
  /** Returns an attempt that is not over. */
  find(key: AttemptKey): PendingAttempt | undefined;
  /** All attempts that are not over, in the order in which they became due. */
  pending(): Iterable<PendingAttempt>;
  /** Removes all attempts, which end without a result. */
  interrupt(): void;
  /** Saves the attempts that are not over. */
  save(): readonly SavedAttempt[];
  /** Continues with a saved attempt when it is dispatched again. */
  load(saved: SavedAttempt, resume: () => void): void;
}

export interface PendingAttempt extends AttemptJob {
  readonly url: string;
  /** The replica that makes the attempt; null while it waits for one. */
  readonly by: string | null;
  /** Identifies the run that makes it. */
  readonly token: string | null;
  /** Resolves when the attempt is over. */
  over(): Promise<void>;
}

export type SavedAttempt = AttemptJob & Pick<AttemptState, 'by' | 'token'>;

interface AttemptState {
  readonly due: DueAttempt;
  readonly n: number;
  readonly seq: number;
  by: string | null;
  token: string | null;
  readonly listeners: (() => void)[];
}

export interface FleetCourierOptions {
  /** The place of the command that is being applied. */
  readonly seq: () => number;
  /** Called with each attempt that becomes due. */
  readonly onDue: (job: AttemptJob) => void;
}

export function createFleetCourier({ seq, onDue }: FleetCourierOptions): FleetCourier {
  const states = new Map<string, AttemptState>();
  /** The saved form of the attempt that is dispatched again. */
  let resumed: SavedAttempt | null = null;

  function stateOf(key: AttemptKey): AttemptState | undefined {
    const state = states.get(keyOf(key));
    return state?.n === key.n ? state : undefined;
  }

  function remove(state: AttemptState): void {
    states.delete(keyOf(state.due));
    for (const listener of state.listeners) listener();
  }

  return {
    dispatch(due) {
      const { n } = due;
      const { by = null, token = null } = resumed ?? {};
      const state: AttemptState = { due, n, seq: resumed?.seq ?? seq(), by, token, listeners: [] };
      states.set(keyOf(due), state);
      if (resumed === null) onDue(jobOf(state));
    },
    begin({ by, token, ...key }) {
      const state = stateOf(key);
      if (state === undefined || state.by !== null) return null;
      const outgoing = state.due.prepare();
      // Only a journal on disk makes the preparation wait, and replicas have none.
      if (outgoing instanceof Promise) throw new Error('an attempt of a fleet waits for a disk');
      if (outgoing === null) {
        remove(state);
        state.due.done(null);
        return null;
      }
      state.by = by;
      state.token = token;
      return outgoing;
    },
    end({ token, result, ...key }) {
      const state = stateOf(key);
      if (state === undefined || state.by === null || (token !== null && token !== state.token)) return;
      remove(state);
      state.due.done(result ?? interrupted());
    },
    find(key) {
      const state = stateOf(key);
      return state === undefined ? undefined : pendingOf(state);
    },
    *pending() {
      for (const state of states.values()) yield pendingOf(state);
    },
    interrupt() {
      for (const state of [...states.values()]) {
        remove(state);
        state.due.done(null);
      }
    },
    save: () => [...states.values()].map((state) => ({ ...jobOf(state), by: state.by, token: state.token })),
    load(saved, resume) {
      resumed = saved;
      try {
        resume();
      } finally {
        resumed = null;
      }
    },
  };
}

function pendingOf(state: AttemptState): PendingAttempt {
  return {
    ...jobOf(state),
    url: state.due.url,
    by: state.by,
    token: state.token,
    over: () => new Promise((resolve) => state.listeners.push(resolve)),
  };
}

function jobOf({ due, n, seq }: AttemptState): AttemptJob {
  return { seq, taskId: due.taskId, deliveryId: due.deliveryId, n };
}

function keyOf({ taskId, deliveryId }: Pick<AttemptKey, 'taskId' | 'deliveryId'>): string {
  return `${taskId} ${deliveryId}`;
}
