import { computed, signal } from '@preact/signals';
import { lanes, serviceNow, version, wallNow } from '../live.ts';
import { type Bounds, fitOf, fitSinceSubmission } from '../model/fit.ts';
import type { Lane } from '../model/lane.ts';
import { matchingLanes, parseQuery } from '../model/query.ts';
import { followed, moved, type TimeWindow, zoomed } from '../model/time-window.ts';
import { choose, route } from '../route.ts';

/** The search, as typed. */
export const search = computed(() => route.value.query.q ?? '');
export const terms = computed(() => parseQuery(search.value));
/** Whether all tasks begin at the left. */
export const isRelative = computed(() => route.value.query.times === 'relative');
export const timeWindow = computed(() => readWindow(route.value.query.window ?? ''));

interface Frozen {
  readonly lanes: readonly Lane[];
  readonly now: number;
  readonly wallNow: number;
}

/** The tasks and the time that a frozen page shows; null while it follows. */
export const frozen = signal<Frozen | null>(null);

/** The bounds that are drawn. */
export let bounds: Bounds = { fromAt: 0, toAt: 1 };

export function setBounds(next: Bounds): void {
  bounds = next;
}

export function now(): number {
  return frozen.value?.now ?? serviceNow();
}

export function wallTime(): number {
  return frozen.value?.wallNow ?? wallNow();
}

/** All tasks, before the search. */
export function allLanes(): readonly Lane[] {
  return frozen.value?.lanes ?? lanes.list;
}

let matched: {
  readonly source: readonly Lane[];
  readonly by: unknown;
  readonly found: readonly Lane[];
} | null = null;

/** Returns the tasks that match the search, oldest first. Searches again only after a change. */
export function matching(): readonly Lane[] {
  const source = allLanes();
  const by = terms.value;
  if (matched?.source !== source || matched.by !== by) {
    matched = { source, by, found: matchingLanes(source, by) };
  }
  return matched.found;
}

/** Returns the bounds that the window asks for. */
export function wantedBounds(): Bounds {
  const window = timeWindow.value;
  if (window.type === 'follow') return followed(window.spanMs, now());
  if (window.type === 'fixed') return window;
  const found = matching();
  const moment = { now: now(), wallNow: wallTime() };
  if (found.length === 0)
    return isRelative.value ? { fromAt: 0, toAt: 60_000 } : followed(60_000, moment.now);
  return isRelative.value ? fitSinceSubmission(found, moment) : fitOf(found, moment);
}

export function freeze(isFrozen: boolean): void {
  frozen.value = isFrozen ? { lanes: lanes.list, now: serviceNow(), wallNow: wallNow() } : null;
  version.value += 1;
}

export function setWindow(window: TimeWindow): void {
  choose({ window: writeWindow(window) });
}

export function zoom(factor: number, aroundAt = (bounds.fromAt + bounds.toAt) / 2): void {
  setWindow(zoomed(bounds, factor, aroundAt));
}

export function move(share: number): void {
  setWindow(moved(bounds, share));
}

export function fit(): void {
  setWindow({ type: 'fit' });
}

/** Sets whether times are since submission. The window fits again, because its times mean something else. */
export function setRelative(relative: boolean): void {
  choose({ times: relative ? 'relative' : '', window: '' });
}

function writeWindow(window: TimeWindow): string {
  if (window.type === 'fit') return '';
  if (window.type === 'follow') return `${window.spanMs / 1000}s`;
  return `${Math.round(window.fromAt)}-${Math.round(window.toAt)}`;
}

function readWindow(text: string): TimeWindow {
  const seconds = /^(\d{1,8})s$/.exec(text)?.[1];
  if (seconds !== undefined) return { type: 'follow', spanMs: Math.max(1, Number(seconds)) * 1000 };
  const [, from, to] = /^(-?\d{1,15})-(-?\d{1,15})$/.exec(text) ?? [];
  const [fromAt, toAt] = [Number(from), Number(to)];
  return toAt > fromAt ? { type: 'fixed', fromAt, toAt } : { type: 'fit' };
}
