import type { DeliveryPolicy, Plan, PlannedDelivery } from '../../mock-server/core/types.ts';
import type { OpenEntry } from '../../mock-server/journal/unpack-entry.ts';
import type { Report } from './violation.ts';

/** The attempts of one delivery, as the entries show them. */
interface Ledger {
  readonly delivery: PlannedDelivery;
  /** Whether it was added after the plan. */
  readonly isExtra: boolean;
  started: number;
  /** Attempts that a replica did not live to see the end of. */
  interrupted: number;
  inFlight: boolean;
  isAcknowledged: boolean;
  isSettled: boolean;
}

/** Checks the attempts of all tasks against the policy of their deliveries. */
export interface AttemptRules {
  apply(entry: OpenEntry): void;
  /** Whether an attempt of a delivery has begun, and how often, by URL. */
  started(url: string): number;
  /** The deliveries that are not settled. */
  open(): readonly string[];
}

export interface AttemptRulesOptions {
  readonly report: Report;
  readonly policyOf: (plan: Plan, delivery: PlannedDelivery) => DeliveryPolicy;
}

export function createAttemptRules({ report, policyOf }: AttemptRulesOptions): AttemptRules {
  const tasks = new Map<string, { plan: Plan; readonly ledgers: Map<string, Ledger> }>();
  const urls = new Map<string, number>();

  function promise(taskId: string, deliveries: readonly PlannedDelivery[], isExtra = false): void {
    const ledgers = tasks.get(taskId)?.ledgers;
    for (const delivery of deliveries) {
      const known = ledgers?.get(delivery.id);
      const fresh = { started: 0, interrupted: 0, inFlight: false, isAcknowledged: false, isSettled: false };
      ledgers?.set(delivery.id, { ...(known ?? fresh), delivery, isExtra });
    }
  }

  function start({ taskId, deliveryId, n, url }: Extract<OpenEntry, { type: 'attempt.started' }>): void {
    const task = tasks.get(taskId);
    const ledger = task?.ledgers.get(deliveryId);
    if (task === undefined || ledger === undefined)
      return report('policy', `attempt ${n} of ${taskId} ${deliveryId} was not planned`);
    if (ledger.isAcknowledged)
      report('acknowledged', `attempt ${n} of ${taskId} ${deliveryId} began after an acknowledgement`);
    ledger.started += 1;
    urls.set(url, (urls.get(url) ?? 0) + 1);
    const { retries } = policyOf(task.plan, ledger.delivery);
    const most = 1 + retries + ledger.interrupted;
    if (ledger.started > most || ledger.started !== n || ledger.inFlight) {
      const states = `${ledger.started} of ${most} began, ${ledger.inFlight ? 'one' : 'none'} is in flight`;
      report('policy', `attempt ${n} of ${taskId} ${deliveryId}: ${states}`);
    }
    ledger.inFlight = true;
  }

  function end({ taskId, deliveryId, attempt }: Extract<OpenEntry, { type: 'attempt.ended' }>): void {
    const ledger = tasks.get(taskId)?.ledgers.get(deliveryId);
    if (ledger === undefined) return;
    ledger.inFlight = false;
    if (attempt.outcome === 'interrupted') ledger.interrupted += 1;
    if (attempt.outcome === 'acknowledged') ledger.isAcknowledged = true;
  }

  return {
    apply(entry) {
      switch (entry.type) {
        case 'task.submitted':
          tasks.set(entry.taskId, { plan: entry.plan, ledgers: new Map() });
          return promise(entry.taskId, entry.plan.callbacks);
        case 'task.amended': {
          const task = tasks.get(entry.taskId);
          if (task === undefined) return;
          task.plan = entry.plan;
          dropUnplanned(task.ledgers, entry.plan);
          return promise(entry.taskId, entry.plan.callbacks);
        }
        case 'delivery.promised':
          return promise(entry.taskId, [entry.delivery], true);
        case 'attempt.started':
          return start(entry);
        case 'attempt.ended':
          return end(entry);
        case 'delivery.settled': {
          const ledger = tasks.get(entry.taskId)?.ledgers.get(entry.deliveryId);
          if (ledger !== undefined) ledger.isSettled = true;
          return;
        }
        case 'task.forgotten':
          tasks.delete(entry.taskId);
          return;
        case 'server.reset':
          return tasks.clear();
      }
    },
    started: (url) => urls.get(url) ?? 0,
    open: () => [...tasks].flatMap(([taskId, { ledgers }]) => openIn(taskId, ledgers)),
  };
}

function openIn(taskId: string, ledgers: ReadonlyMap<string, Ledger>): string[] {
  return [...ledgers].filter(([, { isSettled }]) => !isSettled).map(([id]) => `${taskId} ${id}`);
}

/** An amendment replaces the deliveries that have not begun. */
function dropUnplanned(ledgers: Map<string, Ledger>, { callbacks }: Plan): void {
  const planned = new Set<string>(callbacks.map(({ id }) => id));
  for (const [id, { started, isExtra }] of ledgers)
    if (started === 0 && !isExtra && !planned.has(id)) ledgers.delete(id);
}
