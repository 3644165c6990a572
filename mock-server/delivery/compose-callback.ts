import type { Plan, PlannedDelivery } from '../core/types.ts';
import { viewState, viewTask } from '../core/view.ts';
import { REDACTED } from '../journal/marks.ts';
import type { Pack, PackEvent } from '../packs/pack.ts';

/** The headers and the body of a callback. */
export interface ComposedCallback {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface HeaderInput {
  readonly pack: Pack;
  readonly plan: Pick<Plan, 'taskId' | 'request'> & Partial<Pick<Plan, 'operation' | 'parentId'>>;
  readonly deliveryId: string;
  readonly url: string;
  readonly body: string;
  /** The signing key; null leaves the callback unsigned. */
  readonly secret: string | null;
  readonly userAgent: string;
  /** Wall time, because receivers compare it with their own clock. */
  readonly wallAt: number;
}

/** Returns the body of a delivery. It is the same on every attempt, because it depends on the plan alone. */
export function callbackBody(
  plan: Plan,
  { state, dueAt, flaw }: Pick<PlannedDelivery, 'state' | 'dueAt' | 'flaw'>,
  event: PackEvent,
): string {
  const template = event.bodies.get(state);
  if (template === undefined) throw new Error(`event "${event.name}" has no body for "${state}"`);
  if (flaw === 'forged') return template(forgedContext(plan, state, dueAt));
  const body = template({ plan, view: viewState(plan, state, dueAt) });
  return flaw === 'malformed' ? `${body.slice(0, -1)},}` : body;
}

export function callbackHeaders(input: HeaderInput): Readonly<Record<string, string>> {
  const { pack, secret, plan, deliveryId, url, body, wallAt } = input;
  const { callbackHeaders: extra, signer } = pack;
  const plain = plainHeaders(input.userAgent);
  const isSigned = secret !== null && signer !== null;
  if (!isSigned && extra === null) return plain;
  const { taskId, request } = plan;
  const values = { taskId, knownAs: parentOfDerived(pack, plan), deliveryId, url, body, request, wallAt };
  return {
    ...plain,
    ...extra?.of(values),
    ...(isSigned ? signer.sign(secret, values) : {}),
  };
}

/** Returns the id of the parent of a derived task; null for other tasks. */
function parentOfDerived({ operations }: Pack, { operation, parentId }: HeaderInput['plan']): string | null {
  const sender = operations.find(({ id }) => id === operation);
  return sender?.type === 'submit' && sender.derives !== null ? (parentId ?? null) : null;
}

/** Returns the headers as they are recorded: without the value that only the client and its receiver know. */
export function recordedHeaders(
  { callbackHeaders: extra }: Pack,
  { request }: Pick<Plan, 'request'>,
  headers: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const chosen = extra?.chosenBy(request) ?? null;
  return chosen === null ? headers : { ...headers, [chosen.name]: REDACTED };
}

interface PlainHeaders extends Readonly<Record<string, string>> {
  readonly 'content-type': string;
  readonly 'user-agent': string;
}

/** The headers of all unsigned callbacks of a mock: one object, because the journal keeps those of each attempt. */
let latest: PlainHeaders = { 'content-type': 'application/json', 'user-agent': '' };

function plainHeaders(userAgent: string): PlainHeaders {
  if (latest['user-agent'] !== userAgent) {
    latest = Object.freeze({ 'content-type': 'application/json', 'user-agent': userAgent });
  }
  return latest;
}

/** A host that cannot exist (RFC 6761): a receiver that downloads from it has trusted the forged callback. */
const FORGED_ORIGIN = 'https://media.forged.invalid';

/**
 * Returns the rendering context of a forged callback that claims success.
 * @param origin the origin of the forged media URLs
 */
export function forgedContext(plan: Plan, state: string, dueAt: number, origin = FORGED_ORIGIN) {
  const claim: Plan = { ...plan, origin, outcome: { type: 'success' }, steps: [{ state, at: dueAt }] };
  return { plan: claim, view: viewTask(claim, dueAt) };
}
