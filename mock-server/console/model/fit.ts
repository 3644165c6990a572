import type { Lane } from './lane.ts';
import { isLive, lastAtOf, planOf } from './plan-ahead.ts';

export interface Bounds {
  readonly fromAt: number;
  readonly toAt: number;
}

interface Moment {
  readonly now: number;
  readonly wallNow: number;
}

/** Tasks that are looked at, from the newest; more do not fit on a screen. */
const LOOKED_AT = 300;
/** Finished tasks that the window includes in addition to the live ones. */
const FINISHED = 30;
const SHORTEST_MS = 4000;
/** The plan is shown at least this far ahead, if there is one. */
const AHEAD_MS = 45_000;

/** Returns the time in which the latest tasks and their plan ahead fit. @param lanes oldest first; at least one */
export function fitOf(lanes: readonly Lane[], { now, wallNow }: Moment): Bounds {
  const latest = lanes.slice(-LOOKED_AT);
  const live = latest.filter(isLive);
  const shown = live.length > 0 ? live : latest.slice(-1);
  let fromAt = Math.min(...shown.map(({ submittedAt }) => submittedAt));
  let lastAt = Math.max(...shown.map((lane) => lastAtOf(lane, wallNow)), live.length > 0 ? now : 0);
  const reach = Math.max(SHORTEST_MS, 2 * (lastAt - fromAt));
  const earliest = fromAt - reach;
  for (const lane of latest.slice(-FINISHED)) {
    if (lane.submittedAt < earliest) continue;
    fromAt = Math.min(fromAt, lane.submittedAt);
    lastAt = Math.max(lastAt, lastAtOf(lane, wallNow));
  }
  const ahead = Math.min(
    Math.max(lastAt, ...shown.map((lane) => stepsAndAttemptsUntil(lane))),
    lastAt + Math.max(AHEAD_MS, 1.5 * (lastAt - fromAt)),
  );
  return padded(fromAt, Math.max(lastAt, ahead));
}

/** Media expire days later, which would make everything else tiny. */
function stepsAndAttemptsUntil(lane: Lane): number {
  return planOf(lane).findLast(({ what }) => what !== 'media expiry')?.at ?? 0;
}

/** Returns the time since submission in which tasks fit. */
export function fitSinceSubmission(lanes: readonly Lane[], moment: Moment): Bounds {
  const latest = lanes.slice(-FINISHED);
  const longest = Math.max(
    ...latest.map(
      (lane) => Math.max(lastAtOf(lane, moment.wallNow), stepsAndAttemptsUntil(lane)) - lane.submittedAt,
    ),
  );
  return padded(0, longest);
}

function padded(fromAt: number, toAt: number): Bounds {
  const spanMs = Math.max(SHORTEST_MS, toAt - fromAt);
  return { fromAt: fromAt - spanMs * 0.02, toAt: fromAt + spanMs * 1.1 };
}
