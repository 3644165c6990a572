import type { JsonObject, KindRules, Plan } from '../mock-server/core/types.ts';
import type { OperationCall } from '../mock-server/http/vendor/operation-call.ts';
import type { OperationTools } from '../mock-server/http/vendor/operation-tools.ts';
import { createPollCalls } from '../mock-server/http/vendor/poll-calls.ts';
import type { RequestAnswered } from '../mock-server/journal/journal-entry.ts';
import type { LoadedPacks } from '../mock-server/packs/loaded-packs.ts';
import type {
  CancelOperation,
  DeleteOperation,
  Pack,
  PollOperation,
  SubmitOperation,
} from '../mock-server/packs/pack.ts';
import { sampleRequest } from '../mock-server/packs/sample-request.ts';
import type { WritableParts } from '../mock-server/packs/written-parts.ts';
import type { Replica } from './replica.ts';

/** A submission that a client can make, and the calls about its task. */
export interface Submission {
  readonly pack: Pack;
  readonly operation: SubmitOperation;
  readonly poll: PollOperation;
  readonly cancel: CancelOperation | null;
  readonly delete: DeleteOperation | null;
  request(url: string): JsonObject;
}

/** Returns all submissions of the packs that do not need an earlier task. */
export function submissionsOf({ list }: LoadedPacks): readonly Submission[] {
  return list.flatMap((pack) =>
    pack.operations.flatMap((operation) => {
      if (operation.type !== 'submit' || operation.parent !== null) return [];
      const request = samplesOf(pack, operation);
      const kind = operation.kindOf(request('http://receiver.test'), null);
      const [poll] = pack.operations
        .filter((one) => one.type === 'poll')
        .filter((one) => kind !== null && answersAbout(one, kind))
        // Others may not answer in a state that only a failure leads to.
        .sort((a, b) => b.answers.size - a.answers.size);
      if (poll === undefined) return [];
      const cancel = pack.operations.find((one) => one.type === 'cancel') ?? null;
      const remove = pack.operations.find((one) => one.type === 'delete') ?? null;
      return [{ pack, operation, poll, cancel, delete: remove, request }];
    }),
  );
}

function answersAbout({ findBy, kinds, answers }: PollOperation, { kind, steps }: KindRules): boolean {
  return (
    findBy === null && (kinds === null || kinds.has(kind)) && steps.every(({ state }) => answers.has(state))
  );
}

/** Cached, because filler text takes time, and clients repeat their requests. */
function samplesOf(pack: Pack, operation: SubmitOperation): (url: string) => JsonObject {
  const samples = new Map<string, JsonObject>();
  return (url) => {
    const pointer = operation.callbackUrlPointer;
    const known = samples.get(url);
    if (known !== undefined) return known;
    const sample = sampleRequest(pack, operation, pointer === null ? {} : { [pointer]: url }, url);
    samples.set(url, sample);
    return sample;
  };
}

/** The answer to a poll; the state is null when it has none, because of a fault. */
export type Polled =
  | { readonly type: 'found'; readonly state: string | null }
  | { readonly type: 'unknown' | 'failed' };

/** A call of a client whose answer goes to a function. */
interface PollCall {
  readonly request: { readonly headers: Readonly<Record<string, string>> };
  readonly parts: WritableParts;
  readonly pack: Pack;
  readonly operation: PollOperation;
  readonly account: Plan['account'];
  readonly answered: (polled: Polled) => void;
}

export interface PollInput {
  readonly submission: Submission;
  readonly taskId: string;
  readonly account: Plan['account'];
}

/** Polls a replica as its vendor routes do, without HTTP around them. */
export function createPoll({ engine, commands, journal }: Replica) {
  const answer = (call: PollCall, polled: Polled, taskId: string | null): void => {
    call.answered(polled);
    if (polled.type !== 'failed') journal.append(observationOf(call, taskId));
  };
  const tools = {
    ...{ engine, commands, journal },
    answers: {
      send: (call: PollCall, _answer: unknown, taskId: string | null, state: string | null = null) =>
        answer(call, taskId === null ? { type: 'unknown' } : { type: 'found', state }, taskId),
      sendHalf: (call: PollCall, _answer: unknown, taskId: string) =>
        answer(call, { type: 'found', state: null }, taskId),
      breakOff: (call: PollCall, taskId: string) => answer(call, { type: 'found', state: null }, taskId),
    },
    refusals: { refuseBecause: (call: PollCall) => answer(call, { type: 'failed' }, null) },
  };
  // Only what a poll uses exists here: there are no sockets.
  const poll = createPollCalls(tools as unknown as OperationTools);

  return ({ submission: { pack, poll: operation }, taskId, account }: PollInput): Promise<Polled> =>
    new Promise((answered) => {
      const parts = partsFor(taskId);
      const call: PollCall = { request: { headers: {} }, parts, pack, operation, account, answered };
      poll(call as unknown as OperationCall, operation, account, parts);
    });
}

/** The task id is wherever the operation looks for it. */
function partsFor(taskId: string): WritableParts {
  const anywhere = new Proxy({}, { get: () => taskId, has: () => true, getOwnPropertyDescriptor: describe });
  function describe(): PropertyDescriptor {
    return { value: taskId, configurable: true, enumerable: true };
  }
  const written = () => ({ query: {}, headers: {}, pathParams: {} });
  return { query: () => taskId, header: () => taskId, pathParams: anywhere, body: anywhere, written };
}

function observationOf({ pack, operation, account }: PollCall, taskId: string | null): RequestAnswered {
  return {
    ...{ type: 'request.answered', route: 'operation', pack: pack.name, operation: operation.id },
    ...{ does: 'poll', meant: null, account, taskId: taskId as RequestAnswered['taskId'] },
    ...{ method: 'GET', url: operation.path, headers: {}, requestBody: '', status: 200, answer: '' },
    ...{ error: null, state: null, retryAfter: null, durationMs: 1 },
  };
}
