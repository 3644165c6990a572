import { endState, expiry } from './plan.ts';
import {
  deliveryId,
  handshakeOf,
  middle,
  nextDeliveryNumber,
  promiseCallbacks,
} from './promise-callbacks.ts';
import type { Announcement, KindRules, Outcome, Plan, PlannedDelivery } from './types.ts';
import { stepsReached } from './view.ts';

export interface AmendInput {
  readonly plan: Plan;
  readonly rules: KindRules;
  readonly announcement: Announcement | null;
  readonly outcome: Outcome;
  readonly now: number;
  readonly speed: number;
  /** The latest delivery requested in addition to the plan's; its number and all lower numbers are in use. */
  readonly lastExtra?: PlannedDelivery | undefined;
}

/** Returns the plan of a running task that ends now with the given outcome. */
export function amendOutcome(input: AmendInput): Plan {
  const { plan, rules, announcement, outcome, now, speed, lastExtra } = input;
  const past = plan.steps.slice(0, stepsReached(plan, now));
  const end = endState(rules.ends, outcome);
  const steps = [...past, { state: end, at: now }];
  const kept = plan.callbacks.filter((delivery) => delivery.dueAt <= now);
  const taken = lastExtra === undefined ? kept : [...kept, lastExtra];
  const promised = promiseCallbacks({
    announcement,
    steps,
    scenario: plan.scenario,
    ends: rules.ends,
    lateByMs: Math.round(rules.lateByMs / speed),
  });
  const isNew = (delivery: PlannedDelivery): boolean => delivery.state === end && delivery.dueAt >= now;
  const added = renumber(promised.filter(isNew), nextDeliveryNumber(taken));
  return {
    ...plan,
    steps,
    outcome,
    slot: plan.slot === null || plan.slot.fromAt >= now ? null : { ...plan.slot, untilAt: now },
    mediaExpiresAt: expiry(outcome, plan.scenario, rules, now),
    callbacks: [...kept, ...added.map((one) => ({ ...one, after: one.after ?? handshakeOf(kept, one.url) }))],
  };
}

/** Returns the plan of a waiting task whose slot becomes free earlier than planned. */
export function amendStart(plan: Plan, startAt: number): Plan {
  const slot = plan.slot;
  if (slot === null) return plan;
  const earlier = slot.fromAt - Math.max(startAt, slot.readyAt);
  if (earlier <= 0) return plan;
  const shift = (at: number): number => (at >= slot.fromAt ? at - earlier : at);
  const steps = plan.steps.map((step) => ({ ...step, at: shift(step.at) }));
  // A forged callback must arrive while the task is still running.
  const dueAt = ({ flaw, dueAt: at }: PlannedDelivery): number =>
    flaw === 'forged' ? Math.min(at, middle(steps)) : shift(at);
  return {
    ...plan,
    steps,
    slot: { ...slot, fromAt: slot.fromAt - earlier, untilAt: slot.untilAt - earlier },
    mediaExpiresAt: plan.mediaExpiresAt === null ? null : shift(plan.mediaExpiresAt),
    callbacks: plan.callbacks.map((delivery) => ({ ...delivery, dueAt: dueAt(delivery) })),
  };
}

/** Returns the deliveries with new ids from a number on. */
export function renumber(deliveries: readonly PlannedDelivery[], first: number): PlannedDelivery[] {
  const numbers = new Map(deliveries.map(({ id }, index) => [id, deliveryId(first + index)]));
  return deliveries.map((delivery) => ({
    ...delivery,
    id: numbers.get(delivery.id) ?? delivery.id,
    after: delivery.after === null ? null : (numbers.get(delivery.after) ?? null),
  }));
}
