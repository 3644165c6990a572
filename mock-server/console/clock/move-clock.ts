import { computed, signal } from '@preact/signals';
import { actions, perform } from '../drive/actions.tsx';
import { clock, lanes, readClock, serviceNow } from '../live.ts';
import { literal } from '../model/equivalents.ts';
import { nextOf, type PlannedEvent } from '../model/plan-ahead.ts';

/** The move that is in progress, with its start in time of this machine. */
export const moving = signal<{ readonly to: string; readonly startedAt: number } | null>(null);
/** Why the last move failed; empty after a success. */
export const moveProblem = computed(() => {
  const last = actions.value.find(({ library }) => library.startsWith('await mock.clock.'));
  return last?.problem == null ? '' : `${last.problem.message} ${last.problem.remedy}`.trim();
});

/** Moves the clock forward by a duration such as `30s`. */
export async function advance(by: string): Promise<void> {
  await move({ advance: by }, `+${by}`, `await mock.clock.advance(${literal(by)});`);
}

/** Moves the clock forward to a time. @param at ISO 8601 */
export async function moveTo(at: string, what: string): Promise<void> {
  await move({ set: at }, what, `await mock.clock.set(${literal(at)});`);
}

/** Moves the clock to the next event. */
export async function toNextEvent(): Promise<void> {
  // A mock that does not answer is reported by the connection.
  const read = await readClock().catch(() => null);
  if (read?.next != null) await moveTo(read.next.at, read.next.what);
}

async function move(change: Readonly<Record<string, string>>, to: string, library: string): Promise<void> {
  if (moving.value !== null) return;
  moving.value = { to, startedAt: Date.now() };
  await perform('POST', 'clock', change, library);
  moving.value = null;
  await readClock().catch(() => undefined);
}

/** Returns the next event: of the loaded tasks, or of others if the mock has more. */
export function nextEvent(): PlannedEvent | null {
  const now = serviceNow();
  const loaded = nextOf(lanes.list, now);
  const reported = clock.value?.next ?? null;
  if (reported === null || lanes.total <= lanes.list.length || lanes.byId.has(reported.taskId)) return loaded;
  const other = { ...reported, at: Date.parse(reported.at) };
  if (other.at <= now) return loaded;
  return loaded === null || other.at < loaded.at ? other : loaded;
}
