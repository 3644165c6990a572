import { planTask } from '../core/plan.ts';
import type { Account, Capacity, KindRules, Plan, Scenario } from '../core/types.ts';
import type { Clock } from '../delivery/clock.ts';
import { announcementOf, namesUrlsOutsideBody, targetsOf } from './announcement.ts';
import type { Handshakes } from './handshakes.ts';
import type { Slots } from './slots.ts';
import type { Submission } from './submission.ts';

/** Plans the task of a submission, given what is decided about it beforehand. */
export type PlanFor = (submission: Submission, decided: Decided) => Plan;

export interface Decided {
  /** The submission's own, or a failure because of its parent. */
  readonly scenario: Scenario;
  readonly parentId: Plan['parentId'];
  readonly seed: string;
  readonly kind: KindRules;
  readonly aliases: readonly string[];
}

export interface PlanForOptions {
  readonly clock: Pick<Clock, 'now'>;
  readonly slots: Pick<Slots, 'capacityOf'>;
  readonly handshakes: Pick<Handshakes, 'addTo'>;
  readonly speed: number;
}

export function createPlanFor({ clock, slots, handshakes, speed }: PlanForOptions): PlanFor {
  function capacityFor(rules: KindRules, account: Account): Capacity | null {
    if (!hasLimit(rules)) return null;
    const capacity = slots.capacityOf(account, clock.now());
    if (capacity === null || !rules.waitsWithoutEnd) return capacity;
    return { ...capacity, queue: Number.POSITIVE_INFINITY };
  }

  return (submission, { scenario, parentId, seed, kind, aliases }) => {
    const { pack, operation, account, request, pathParams = null, outside = null } = submission;
    const targets = targetsOf(operation, request, outside);
    return planTask({
      rules: kind,
      operation: operation.id,
      account,
      scenario,
      request,
      requestText: submission.hasOddNumbers === true ? submission.bodyText : null,
      pathParams,
      parentId,
      announcement: handshakes.addTo(announcementOf(operation, request, targets), pack, account),
      targets: namesUrlsOutsideBody(operation) ? targets : undefined,
      aliases,
      origin: submission.origin,
      seed,
      submittedAt: clock.now(),
      speed,
      instant: submission.instant ?? false,
      capacity: capacityFor(kind, account),
    });
  };
}

/** A vendor that has no way to report a limit has none. */
function hasLimit({ concurrencyFailure, waitsWithoutEnd }: KindRules): boolean {
  return concurrencyFailure !== null || waitsWithoutEnd;
}
