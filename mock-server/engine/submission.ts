import type { Account, JsonObject, PathParams, Scenario } from '../core/types.ts';
import type { OutsideBody, Pack, SubmitOperation } from '../packs/pack.ts';
import type { RequestParts } from '../packs/request-parts.ts';

/** A request that creates a task. */
export interface Submission {
  readonly pack: Pack;
  readonly operation: SubmitOperation;
  readonly account: Account;
  readonly request: JsonObject;
  /** Parameters of the path; null when it has none. */
  readonly pathParams?: PathParams | null;
  /** The parts other than the body; null when they are not known. */
  readonly outside?: OutsideBody | null;
  /** The body as it was received: equal bodies are numbered, so that their tasks have different ids. */
  readonly bodyText: string;
  /** Whether the body has numbers that JSON.stringify would write differently. */
  readonly hasOddNumbers?: boolean;
  readonly scenario: Scenario;
  readonly origin: string;
  /** The call, for the answer; absent when a user creates the task. */
  readonly call?: RequestParts;
  /** Whether the task reaches its end at once. */
  readonly instant?: boolean;
}
