import type { Passage } from '../../mock-server/index.ts';
import type { OnActivity } from '../activity.ts';
import { type Observations, worksByFile } from './observations.ts';
import type { Pace } from './pace.ts';
import type { Drain } from './receiver-case.ts';

export interface Drainage {
  readonly observations: Observations;
  readonly pace: Pace;
  /** The files that the receiver usually downloads of a success; none where it downloads nothing. */
  usualFiles(): readonly string[];
  /** Whether it asks for media by HEAD, and never downloads. */
  onlyHeads(): boolean;
  /** Whether the probe's answers have `effects`. */
  readonly probesEffects: boolean;
  effects(taskId: string): Promise<number | null>;
  readonly caseId: string;
  readonly onActivity: OnActivity;
}

interface Marker {
  readonly taskId: string;
  readonly passage: Passage;
}

/** A probe cannot announce a change, so it is asked again. */
const PROBE_EVERY_MS = 100;
/** However much progress is made, a case ends. */
const LONGEST_MS = 120_000;

/**
 * Sends a further success and waits until it has had its effect. What a receiver was sent before has been handled by
 * then, so that "nothing happened" is an observation and not a matter of waiting long enough.
 */
export async function drainReceiver(drainage: Drainage, sendMarker: () => Promise<Marker>): Promise<Drain> {
  const { pace, observations, probesEffects } = drainage;
  if (drainage.usualFiles().length === 0 && !probesEffects) {
    await pause(pace.settleMs);
    return { type: 'unseen' };
  }
  const startedAt = performance.now();
  const { taskId, passage } = await sendMarker();
  if (passage.outcome !== 'acknowledged') return { type: 'refused', passage };
  const ackedAt = performance.now();
  const end = await waitFor(drainage, taskId);
  if (end !== 'done') return { type: end, forMs: performance.now() - startedAt };
  if (observations.downloads(taskId).length > 0) pace.learnUnderLoad(performance.now() - ackedAt);
  // Other workers may still be busy, and a queue need not keep the order: the receiver must come to rest.
  await settle(() => observations.lastAtMs, pace.settleMs);
  return { type: 'drained' };
}

async function waitFor(
  { observations, pace, probesEffects, effects, caseId, onActivity, ...drainage }: Drainage,
  taskId: string,
): Promise<'done' | 'working' | 'silent'> {
  const startedAt = performance.now();
  const hasFiles = (): boolean => {
    const works = worksByFile(observations.downloads(taskId), drainage.onlyHeads());
    return drainage.usualFiles().every((name) => (works.get(name) ?? 0) > 0);
  };
  onActivity({ id: caseId, doing: "waiting for the receiver's downloads", atMostMs: LONGEST_MS });
  for (;;) {
    const silentAtMs = Math.max(startedAt, observations.lastAtMs) + pace.patienceMs;
    const leftMs = Math.min(silentAtMs, startedAt + LONGEST_MS) - performance.now();
    const isProbed = !probesEffects || ((await effects(taskId)) ?? 0) > 0;
    if (isProbed && hasFiles()) return 'done';
    if (leftMs <= 0) return performance.now() >= silentAtMs ? 'silent' : 'working';
    if (isProbed) await observations.until(hasFiles, leftMs);
    else await pause(PROBE_EVERY_MS);
  }
}

/** Resolves when nothing has been seen for this long. @param lastAtMs when something last was */
export async function settle(lastAtMs: () => number, quietMs: number): Promise<void> {
  const startedAt = performance.now();
  for (let leftMs = quietMs; leftMs > 0; ) {
    await pause(leftMs);
    leftMs = Math.min(startedAt + MOST_SETTLES * quietMs, lastAtMs() + quietMs) - performance.now();
  }
}

/** A receiver that never comes to rest is judged after this many quiet periods. */
const MOST_SETTLES = 20;

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}
