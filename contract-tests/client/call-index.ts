import type { ApiCall } from './evidence.ts';

/** The calls to one vendor by kind: no case has to search all of them for the few that it needs. */
interface CallIndex {
  readonly submits: readonly ApiCall[];
  readonly polls: readonly ApiCall[];
  /** Calls to operations that the vendor does not have. */
  readonly unmatched: readonly ApiCall[];
  /** Calls to operations that the vendor has and the mock does not: their answers prove nothing. */
  readonly unmocked: readonly ApiCall[];
  /** The polls by the id they ask for; polls without an id are left out. */
  readonly pollsById: ReadonlyMap<string, readonly ApiCall[]>;
  /** For each poll with an id, the poll before it that asks for the same id; the first one is left out. */
  readonly previousPolls: ReadonlyMap<ApiCall, ApiCall>;
  /** The first submission that created each task. */
  readonly submitByTask: ReadonlyMap<string, ApiCall>;
}

interface CallIndexer {
  readonly index: CallIndex;
  /** Indexes the calls that were added to the list since the last time. */
  catchUp(): void;
}

const indexers = new WeakMap<readonly ApiCall[], CallIndexer>();

/**
 * Returns the index of a list of calls, which may only grow. The index is derived from the list and kept with it, so
 * it cannot be missing or describe another list. Each call is indexed once: asking again costs only what was added.
 */
export function callIndexOf(calls: readonly ApiCall[]): CallIndex {
  let indexer = indexers.get(calls);
  if (indexer === undefined) {
    indexer = createIndexer(calls);
    indexers.set(calls, indexer);
  }
  indexer.catchUp();
  return indexer.index;
}

function createIndexer(calls: readonly ApiCall[]): CallIndexer {
  const submits: ApiCall[] = [];
  const polls: ApiCall[] = [];
  const unmatched: ApiCall[] = [];
  const unmocked: ApiCall[] = [];
  const pollsById = new Map<string, ApiCall[]>();
  const previousPolls = new Map<ApiCall, ApiCall>();
  const submitByTask = new Map<string, ApiCall>();
  let indexed = 0;

  function addPoll(call: ApiCall): void {
    polls.push(call);
    if (call.askedId === null) return;
    const ofTask = pollsById.get(call.askedId);
    const previous = ofTask?.at(-1);
    if (previous !== undefined) previousPolls.set(call, previous);
    if (ofTask === undefined) pollsById.set(call.askedId, [call]);
    else ofTask.push(call);
  }

  function add(call: ApiCall): void {
    const { route, does, taskId } = call.entry;
    if (route === 'unknown') unmatched.push(call);
    if (route === 'not-mocked') unmocked.push(call);
    if (does === 'poll') addPoll(call);
    if (does !== 'submit') return;
    submits.push(call);
    if (taskId !== null && !submitByTask.has(taskId)) submitByTask.set(taskId, call);
  }

  return {
    index: { submits, polls, unmatched, unmocked, pollsById, previousPolls, submitByTask },
    catchUp() {
      for (let call = calls[indexed]; call !== undefined; call = calls[indexed]) {
        add(call);
        indexed += 1;
      }
    },
  };
}
