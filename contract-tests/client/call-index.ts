import type { ApiCall } from './evidence.ts';
import type { StoredCall } from './read-call.ts';

/** The calls to one vendor, sorted as they come in: no case has to search all of them for the few that it is about. */
export interface CallIndex {
  readonly submits: readonly ApiCall[];
  readonly polls: readonly ApiCall[];
  /** Calls to what the vendor does not have. */
  readonly unmatched: readonly ApiCall[];
  /** Calls to what the vendor has and the mock does not: nothing follows from their answers. */
  readonly unmocked: readonly ApiCall[];
  /** The polls by the id they ask for; those that name none are left out. */
  readonly pollsById: ReadonlyMap<string, readonly ApiCall[]>;
  /** The first submission that created each task. */
  readonly submitByTask: ReadonlyMap<string, ApiCall>;
}

export interface CallIndexer extends CallIndex {
  add(call: StoredCall): void;
}

export function createCallIndex(): CallIndexer {
  const submits: ApiCall[] = [];
  const polls: ApiCall[] = [];
  const unmatched: ApiCall[] = [];
  const unmocked: ApiCall[] = [];
  const pollsById = new Map<string, ApiCall[]>();
  const submitByTask = new Map<string, ApiCall>();

  function addPoll(call: StoredCall): void {
    polls.push(call);
    if (call.askedId === null) return;
    const ofTask = pollsById.get(call.askedId);
    call.previousPoll = ofTask?.at(-1) ?? null;
    if (ofTask === undefined) pollsById.set(call.askedId, [call]);
    else ofTask.push(call);
  }

  return {
    submits,
    polls,
    unmatched,
    unmocked,
    pollsById,
    submitByTask,
    add(call) {
      const { route, does, taskId } = call.entry;
      if (route === 'unknown') unmatched.push(call);
      if (route === 'not-mocked') unmocked.push(call);
      if (does === 'poll') addPoll(call);
      if (does !== 'submit') return;
      submits.push(call);
      if (taskId !== null && !submitByTask.has(taskId)) submitByTask.set(taskId, call);
    },
  };
}
