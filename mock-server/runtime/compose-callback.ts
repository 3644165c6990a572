import type { Plan, PlannedDelivery } from '../core/types.ts';
import { viewState, viewTask } from '../core/view.ts';
import type { Pack, PackEvent } from '../packs/pack.ts';

/** What a callback says and how it proves its sender: everything but the sending. */
export interface ComposedCallback {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Sealing {
  readonly pack: Pack;
  readonly taskId: string;
  readonly deliveryId: string;
  readonly body: string;
  /** Signs the callback when given. */
  readonly secret: string | null;
  readonly userAgent: string;
  /** Wall time: receivers compare it with their own clock. */
  readonly wallAt: number;
}

/** The bytes of a delivery: the same on every attempt, because they depend on the plan alone. */
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

export function callbackHeaders(sealing: Sealing): Record<string, string> {
  const { pack, secret, taskId, deliveryId, body, wallAt } = sealing;
  const plain = { 'content-type': 'application/json', 'user-agent': sealing.userAgent };
  if (secret === null || pack.signer === null) return plain;
  const timestamp = Math.floor(wallAt / 1000);
  return { ...plain, ...pack.signer(secret, { taskId, deliveryId, body, timestamp }) };
}

/** A host that cannot exist, RFC 6761: whoever downloads from it trusted the forger. */
const FORGED_ORIGIN = 'https://media.forged.invalid';

/** @param origin where the forger's media lie */
export function forgedContext(plan: Plan, state: string, dueAt: number, origin = FORGED_ORIGIN) {
  const claim: Plan = { ...plan, origin, outcome: { type: 'success' }, steps: [{ state, at: dueAt }] };
  return { plan: claim, view: viewTask(claim, dueAt) };
}
