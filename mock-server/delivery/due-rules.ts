import { afterFailure, nextAttempt } from '../core/next-attempt.ts';
import { handshakeOf } from '../core/promise-callbacks.ts';
import type { DeliveryPolicy, Plan, PlannedDelivery } from '../core/types.ts';
import { openDeliveriesOf, progressOf, type TaskRecord } from '../journal/stored-task.ts';
import type { Pack, PackEvent } from '../packs/pack.ts';

/** When attempts are due, by the plan, the policy and the attempts so far. */
export interface DueRules {
  packOf(plan: Plan): Pack;
  /** The policy of a delivery, which may have its own number of retries. */
  policyFor(delivery: PlannedDelivery, pack: Pack): DeliveryPolicy;
  /** Whether a callback must not be sent: the handshake with its URL failed, or its endpoint is no longer enabled. */
  isSuppressed(task: TaskRecord, plan: Plan, delivery: PlannedDelivery): boolean;
  /** When a delivery is due; null when it is settled, in flight, or waits for another one. */
  dueAt(task: TaskRecord, delivery: PlannedDelivery, pack: Pack): number | null;
  /** When something can follow from an attempt that begins now and fails: its retry, or a delivery after it. */
  followsAt(task: TaskRecord, plan: Plan, delivery: PlannedDelivery, now: number): number;
}

export interface DueRulesOptions {
  readonly packs: ReadonlyMap<string, Pack>;
  readonly policyOf: (event: PackEvent) => DeliveryPolicy;
  /** Whether a registered endpoint receives callbacks. */
  readonly isEndpointEnabled: (id: string) => boolean;
}

export function createDueRules({ packs, policyOf, isEndpointEnabled }: DueRulesOptions): DueRules {
  function packOf({ pack: name }: Plan): Pack {
    const pack = packs.get(name);
    if (pack === undefined) throw new Error(`pack "${name}" is not loaded`);
    return pack;
  }

  function policyFor(delivery: PlannedDelivery, pack: Pack): DeliveryPolicy {
    const policy = policyOf(eventOf(pack, delivery));
    const retries = delivery.retries ?? policy.retriesFor[delivery.state];
    return retries === undefined ? policy : { ...policy, retries };
  }

  return {
    packOf,
    policyFor,
    isSuppressed(task, plan, { kind, endpoint, url }) {
      if (kind === 'handshake') return false;
      if (endpoint !== undefined) return !isEndpointEnabled(endpoint);
      const handshake = handshakeOf(plan.callbacks, url);
      return handshake !== null && progressOf(task, handshake).status === 'abandoned';
    },
    dueAt(task, delivery, pack) {
      const { attempts, made, status, inFlight } = progressOf(task, delivery.id);
      if (status !== 'pending' || inFlight !== null) return null;
      if (delivery.after !== null && progressOf(task, delivery.after).status === 'pending') return null;
      const policy = policyFor(delivery, pack);
      const next = nextAttempt(policy, delivery.dueAt, attempts, made, gapSeed(policy, task, delivery));
      return next.type === 'due' ? next.at : null;
    },
    followsAt(task, plan, delivery, now) {
      if (openDeliveriesOf(task, plan).some(({ after }) => after === delivery.id)) return now;
      const { made } = progressOf(task, delivery.id);
      const policy = policyFor(delivery, packOf(plan));
      const next = afterFailure(policy, now, made + 1, gapSeed(policy, task, delivery));
      return next.type === 'due' ? next.at : Number.POSITIVE_INFINITY;
    },
  };
}

/** Task ids are derived from the seed of the plan, so that equal runs have equal gaps. Most policies do not need one. */
export function gapSeed(
  { gapJitter }: DeliveryPolicy,
  task: Pick<TaskRecord, 'plan'>,
  { id }: Pick<PlannedDelivery, 'id'>,
): string {
  return gapJitter === 0 ? '' : `${task.plan.taskId} ${id}`;
}

export function eventOf(pack: Pack, { event: name }: Pick<PlannedDelivery, 'event'>): PackEvent {
  const event = pack.events.get(name);
  if (event === undefined) throw new Error(`pack "${pack.name}" has no event "${name}"`);
  return event;
}
