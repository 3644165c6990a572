import { signal } from '@preact/signals';
import { lanes, serviceNow } from '../live.ts';
import { choicesOf, filterLanes, type LaneFilter, NO_FILTER } from '../model/filter.ts';
import type { Lane } from '../model/lanes.ts';
import { boundsOf, fitted, type TimeWindow, zoomed } from '../model/time-window.ts';

export const filter = signal<LaneFilter>(NO_FILTER);
export const time = signal<TimeWindow>({ spanMs: 120_000, endAt: null });
/** The tasks and the time that a paused page shows; null while it follows. */
export const frozen = signal<{ readonly lanes: readonly Lane[]; readonly now: number } | null>(null);

/** The choices of the filters, updated at intervals. */
export const choices = signal(choicesOf([]));

export function now(): number {
  return frozen.value?.now ?? serviceNow();
}

export function pause(isPaused: boolean): void {
  frozen.value = isPaused ? { lanes: lanes.list.slice(), now: serviceNow() } : null;
  const { fromAt, toAt } = boundsOf(time.value, now());
  time.value = isPaused ? { spanMs: toAt - fromAt, endAt: toAt } : { ...time.value, endAt: null };
}

export function zoom(factor: number): void {
  time.value = zoomed(time.value, factor, now());
}

export function fit(): void {
  const all = filterLanes(lanes.list, filter.value);
  const from = Math.min(...all.slice(-2000).map(({ submittedAt }) => submittedAt));
  if (Number.isFinite(from)) time.value = fitted(from, now());
}

export function follow(): void {
  frozen.value = null;
  time.value = { ...time.value, endAt: null };
}
