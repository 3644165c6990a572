import type { Attempt, Delivery, DeliveryRules, Plan, PlannedDelivery, TaskSummary } from '../admin-types.ts';
import {
  type AttemptSpan,
  combinedStatus,
  type Lane,
  type LaneDelivery,
  type LaneDeliveryStatus,
} from './lane.ts';
import { reasonOf } from './reason-of.ts';

/** The facts about packs that lanes need. */
export interface PackKnowledge {
  rulesOf(pack: string, event: string): DeliveryRules | undefined;
  promptIn(pack: string, operation: string, request: unknown): string;
}

/** Returns the lane of a task that was just submitted. */
export function laneOfPlan(plan: Plan, knowledge: PackKnowledge): Lane {
  const submittedAt = Date.parse(plan.submittedAt);
  const steps = plan.steps.map(({ state, at }) => ({ state, at: Date.parse(at) }));
  const first = { state: steps[0]?.state ?? '', at: submittedAt, index: 0 };
  return finished({
    id: plan.taskId,
    ...{ pack: plan.pack, kind: plan.kind, account: plan.account, scenario: plan.scenario.name },
    prompt: knowledge.promptIn(plan.pack, plan.operation, plan.request),
    submittedAt,
    steps,
    changes: [first],
    ...planned(plan),
    endedAt: null,
    deliveries: plan.callbacks.map((delivery) => deliveryOf(delivery, reasonOf(delivery, plan))),
    downloads: [],
    aliases: plan.aliases ?? [],
  });
}

/** Returns the parts of a plan that an amendment can change. */
export function planned({ outcome, mediaExpiresAt }: Plan): Pick<Lane, 'outcome' | 'mediaExpiresAt'> {
  return {
    outcome: outcome.type === 'failure' ? `fail.${outcome.slug}` : outcome.type,
    mediaExpiresAt: mediaExpiresAt === null ? null : Date.parse(mediaExpiresAt),
  };
}

/** Returns the lane of a task in a snapshot. */
export function laneOfSummary(task: TaskSummary, { rulesOf }: Pick<PackKnowledge, 'rulesOf'>): Lane {
  const steps = task.steps.map(({ state, at }) => ({ state, at: Date.parse(at) }));
  const isEnded = task.reached >= steps.length;
  return finished({
    id: task.id,
    ...{ pack: task.pack, kind: task.kind, account: task.account, scenario: task.scenario },
    prompt: task.prompt,
    submittedAt: Date.parse(task.submittedAt),
    steps,
    changes: steps.slice(0, task.reached).map(({ state, at }, index) => ({ state, at, index })),
    outcome: task.outcome,
    endedAt: isEnded ? (steps.at(-1)?.at ?? null) : null,
    mediaExpiresAt: task.mediaExpiresAt === null ? null : Date.parse(task.mediaExpiresAt),
    deliveries: task.deliveries.map((one) => reported(one, rulesOf(task.pack, one.event)?.timeoutMs ?? 0)),
    downloads: task.downloads.map((one) => ({ ...one, at: Date.parse(one.at) })),
    aliases: task.aliases,
  });
}

function finished({
  aliases,
  ...facts
}: Omit<Lane, 'status' | 'text'> & { readonly aliases: readonly string[] }): Lane {
  const { id, pack, kind, account, scenario, prompt, deliveries } = facts;
  const urls = deliveries.map(({ url }) => url);
  const text = [id, ...aliases, pack, kind, account, scenario, prompt, ...new Set(urls)].join('\n');
  return { ...facts, status: combinedStatus(deliveries), text: text.toLowerCase() };
}

/** Returns a delivery before its first attempt. */
export function deliveryOf(delivery: PlannedDelivery, why: LaneDelivery['why']): LaneDelivery {
  const { id, event, url, kind, after } = delivery;
  const dueAt = Date.parse(delivery.dueAt);
  return {
    ...{ id, kind: kind ?? 'callback', event, why, url, dueAt, after },
    nextAttemptAt: after === null ? dueAt : null,
    status: 'waiting',
    attempts: [],
  };
}

function reported(delivery: Delivery, timeoutMs: number): LaneDelivery {
  const { id, kind, event, why, url, dueAt, nextAttemptAt, inFlight, attempts } = delivery;
  const spans = attempts.map((attempt) => ended(attempt, timeoutMs));
  if (inFlight !== null) {
    spans.push(started(inFlight.n, Date.parse(inFlight.at), Date.parse(inFlight.wallAt), timeoutMs));
  }
  return {
    ...{ id, kind, event, why, url },
    dueAt: Date.parse(dueAt),
    after: null,
    nextAttemptAt: nextAttemptAt === null ? null : Date.parse(nextAttemptAt),
    status: statusOfReport(delivery),
    attempts: spans,
  };
}

function statusOfReport({ status, inFlight, attempts }: Delivery): LaneDeliveryStatus {
  if (status !== 'pending') return status;
  if (inFlight !== null) return 'in flight';
  return attempts.length > 0 ? 'retrying' : 'waiting';
}

/** Returns an attempt in flight. */
export function started(n: number, startedAt: number, startedWallAt: number, timeoutMs: number): AttemptSpan {
  return {
    ...{ n, startedAt, startedWallAt, timeoutMs },
    ...{ endedAt: null, outcome: null, status: null, firstByteMs: null, durationMs: null },
  };
}

function ended(attempt: Attempt, timeoutMs: number): AttemptSpan {
  const { n, outcome, status, firstByteMs, durationMs } = attempt;
  const startedAt = Date.parse(attempt.at);
  return {
    ...started(n, startedAt, Date.parse(attempt.wallAt), timeoutMs),
    ...{ endedAt: startedAt + durationMs, outcome, status, firstByteMs, durationMs },
  };
}
