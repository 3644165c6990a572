import type { ApiCall } from './evidence.ts';

/** The calls to one vendor by kind, so that a case need not search all of them. */
interface CallIndex {
  readonly submits: readonly ApiCall[];
  readonly polls: readonly ApiCall[];
  /** Calls to operations that the vendor does not document. */
  readonly unmatched: readonly ApiCall[];
  /** Calls to operations that the vendor documents but the mock does not serve: their responses prove nothing. */
  readonly unmocked: readonly ApiCall[];
  /** Polls by the task id that they request, without polls that have no id. */
  readonly pollsById: ReadonlyMap<string, readonly ApiCall[]>;
  /** For each poll with an id, the previous poll of the same id, if there is one. */
  readonly previousPolls: ReadonlyMap<ApiCall, ApiCall>;
  /** The first submission that created each task. */
  readonly submitByTask: ReadonlyMap<string, ApiCall>;
}

interface CallIndexer {
  readonly index: CallIndex;
  /** Indexes the calls that were added since the last call. */
  catchUp(): void;
}

const indexers = new WeakMap<readonly ApiCall[], CallIndexer>();

/**
 * Returns the index of a list of calls, which may only grow. The index is derived from the list and cached with it, so
 * it cannot be missing or describe another list. Each call is indexed once.
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
