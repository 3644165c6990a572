import { endOf, type Lane } from './lane.ts';

/** Something that is planned for a task. */
export interface PlannedEvent {
  readonly at: number;
  /** Human-readable, such as `attempt 2 of d1` or `state done`. */
  readonly what: string;
  readonly taskId: string;
}

/** Lanes are never changed, so this is computed once per lane. */
const plans = new WeakMap<Lane, readonly PlannedEvent[]>();

/** Returns the planned states and attempts of a task, and the expiry of its media, in order. */
export function planOf(lane: Lane): readonly PlannedEvent[] {
  const known = plans.get(lane);
  if (known !== undefined) return known;
  const { id: taskId, steps, changes, deliveries, mediaExpiresAt } = lane;
  const states = steps
    .slice((changes.at(-1)?.index ?? 0) + 1)
    .map(({ state, at }) => ({ at, what: `state ${state}`, taskId }));
  const attempts = deliveries.flatMap(({ id, nextAttemptAt, attempts }) =>
    nextAttemptAt === null
      ? []
      : [{ at: nextAttemptAt, what: `attempt ${attempts.length + 1} of ${id}`, taskId }],
  );
  const expiry = mediaExpiresAt === null ? [] : [{ at: mediaExpiresAt, what: 'media expiry', taskId }];
  const plan = [...states, ...attempts, ...expiry].sort((a, b) => a.at - b.at);
  plans.set(lane, plan);
  return plan;
}

/** Returns the planned events of all tasks after a time, in order. */
export function planAhead(lanes: readonly Lane[], after: number): readonly PlannedEvent[] {
  return lanes.flatMap((lane) => planOf(lane).filter(({ at }) => at > after)).sort((a, b) => a.at - b.at);
}

/** Returns the next planned event of all tasks; null without one. */
export function nextOf(lanes: readonly Lane[], after: number): PlannedEvent | null {
  let next: PlannedEvent | null = null;
  for (const lane of lanes) {
    const first = planOf(lane).find(({ at }) => at > after);
    if (first !== undefined && (next === null || first.at < next.at)) next = first;
  }
  return next;
}

/** Returns whether a task has a state or an attempt ahead, or an attempt in flight. */
export function isLive({ endedAt, status }: Lane): boolean {
  return endedAt === null || status === 'in flight' || status === 'retrying' || status === 'waiting';
}

/** Returns the time of the last thing that happened to a task, as it is drawn. */
export function lastAtOf({ submittedAt, changes, deliveries, downloads }: Lane, wallNow: number): number {
  let last = Math.max(submittedAt, changes.at(-1)?.at ?? 0, downloads.at(-1)?.at ?? 0);
  for (const { attempts } of deliveries) {
    const span = attempts.at(-1);
    if (span !== undefined) last = Math.max(last, endOf(span, wallNow));
  }
  return last;
}
