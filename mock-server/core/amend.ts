import { expiry } from './plan.ts';
import { deliveryId, promiseCallbacks } from './promise-callbacks.ts';
import type { Announcement, KindRules, Outcome, Plan, PlannedDelivery } from './types.ts';
import { stepsReached } from './view.ts';

export interface AmendInput {
  readonly plan: Plan;
  readonly rules: KindRules;
  readonly announcement: Announcement | null;
  readonly outcome: Outcome;
  readonly now: number;
  readonly speed: number;
}

/** The plan of a running task that is made to end now, with the given outcome. */
export function amendOutcome({ plan, rules, announcement, outcome, now, speed }: AmendInput): Plan {
  const past = plan.steps.slice(0, stepsReached(plan, now));
  const steps = [...past, { state: rules.ends[outcome.type], at: now }];
  const kept = plan.callbacks.filter((delivery) => delivery.dueAt <= now);
  const promised = promiseCallbacks({
    announcement,
    steps,
    scenario: plan.scenario,
    ends: rules.ends,
    lateByMs: Math.round(rules.lateByMs / speed),
  });
  const end = rules.ends[outcome.type];
  const isNew = (delivery: PlannedDelivery): boolean => delivery.state === end && delivery.dueAt >= now;
  return {
    ...plan,
    steps,
    outcome,
    slot: plan.slot === null || plan.slot.fromAt >= now ? null : { ...plan.slot, untilAt: now },
    mediaExpiresAt: expiry(outcome, plan.scenario, rules, now),
    callbacks: [...kept, ...renumber(promised.filter(isNew), kept.length)],
  };
}

/** The plan of a task that waits for a slot and gets one earlier than was planned. */
export function amendStart(plan: Plan, startAt: number): Plan {
  const slot = plan.slot;
  if (slot === null || startAt >= slot.fromAt) return plan;
  const earlier = slot.fromAt - startAt;
  const shift = (at: number): number => (at >= slot.fromAt ? at - earlier : at);
  return {
    ...plan,
    steps: plan.steps.map((step) => ({ ...step, at: shift(step.at) })),
    slot: { fromAt: startAt, untilAt: slot.untilAt - earlier },
    mediaExpiresAt: plan.mediaExpiresAt === null ? null : shift(plan.mediaExpiresAt),
    callbacks: plan.callbacks.map((delivery) => ({ ...delivery, dueAt: shift(delivery.dueAt) })),
  };
}

function renumber(deliveries: readonly PlannedDelivery[], offset: number): PlannedDelivery[] {
  const shifted = (id: string) => deliveryId(Number(id.slice(1)) + offset);
  return deliveries.map((delivery) => ({
    ...delivery,
    id: shifted(delivery.id),
    after: delivery.after === null ? null : shifted(delivery.after),
  }));
}
