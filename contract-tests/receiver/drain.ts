import type { AttemptResult } from '../../mock-server/index.ts';
import type { OnActivity } from '../activity.ts';
import { type Observations, worksByFile } from './observations.ts';
import type { Pace } from './pace.ts';
import type { Drain } from './receiver-case.ts';

export interface DrainOptions {
  readonly observations: Observations;
  readonly pace: Pace;
  /** Returns the files that the receiver usually downloads for a success; empty if it does not download media. */
  usualFiles(): readonly string[];
  /** Whether the receiver requests media only with HEAD. */
  onlyHeads(): boolean;
  /** Whether the answers of the probe have `effects`. */
  readonly probesEffects: boolean;
  effects(taskId: string): Promise<number | null>;
  readonly caseId: string;
  readonly onActivity: OnActivity;
}

interface Marker {
  readonly taskId: string;
  readonly attempt: AttemptResult;
}

/** A probe cannot report a change by itself, so it is polled. */
const PROBE_EVERY_MS = 100;
/** Upper limit for the wait, even while the receiver makes progress. */
const LONGEST_MS = 120_000;

/**
 * Sends one more success and waits until it has had its effect. Earlier callbacks have been processed by then, so the
 * absence of an effect can be observed without an arbitrary wait.
 */
export async function drainReceiver(
  drainOptions: DrainOptions,
  sendMarker: () => Promise<Marker>,
): Promise<Drain> {
  const { pace, observations, probesEffects } = drainOptions;
  if (drainOptions.usualFiles().length === 0 && !probesEffects) {
    await pause(pace.settleMs);
    return { type: 'unseen' };
  }
  const startedAt = performance.now();
  const { taskId, attempt } = await sendMarker();
  if (attempt.outcome !== 'acknowledged') return { type: 'refused', attempt };
  const ackedAt = performance.now();
  const end = await waitFor(drainOptions, taskId);
  if (end !== 'done') return { type: end, forMs: performance.now() - startedAt };
  if (observations.downloads(taskId).length > 0) pace.learnUnderLoad(performance.now() - ackedAt);
  // Other workers may still be busy, and a queue may reorder jobs, so wait until the receiver is idle.
  await settle(() => observations.lastAtMs, pace.settleMs);
  return { type: 'drained' };
}

async function waitFor(
  { observations, pace, probesEffects, effects, caseId, onActivity, ...drainOptions }: DrainOptions,
  taskId: string,
): Promise<'done' | 'working' | 'silent'> {
  const startedAt = performance.now();
  const hasFiles = (): boolean => {
    const works = worksByFile(observations.downloads(taskId), drainOptions.onlyHeads());
    return drainOptions.usualFiles().every((name) => (works.get(name) ?? 0) > 0);
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

/** Resolves after a quiet period without observations. @param lastAtMs returns the time of the last observation */
export async function settle(lastAtMs: () => number, quietMs: number): Promise<void> {
  const startedAt = performance.now();
  for (let leftMs = quietMs; leftMs > 0; ) {
    await pause(leftMs);
    leftMs = Math.min(startedAt + MOST_SETTLES * quietMs, lastAtMs() + quietMs) - performance.now();
  }
}

/** A receiver that is never idle is judged after this many quiet periods. */
const MOST_SETTLES = 20;

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}
