import type { OnActivity } from '../activity.ts';
import type { CaseTasks } from './case-tasks.ts';
import type { CaseTimeline } from './case-timeline.ts';
import { type DrainOptions, drainReceiver, settle } from './drain.ts';
import { type Observations, timesByFile, worksByFile } from './observations.ts';
import type { Pace } from './pace.ts';
import type { Probe, ProbeResult } from './probe.ts';
import type { CaseContext, Drain } from './receiver-case.ts';
import type { Subject } from './subject.ts';

/** Options of `createCaseObserver`. */
export interface CaseObserverOptions {
  readonly subject: Subject;
  readonly caseId: string;
  readonly observations: Observations;
  readonly probe: Probe | null;
  readonly pace: Pace;
  /** Returns the names of the files that the receiver downloads for a success, as far as observed. */
  readonly usualFiles: () => readonly string[];
  /** Whether the answers of the probe have `effects`. */
  readonly probesEffects: boolean;
  readonly tasks: CaseTasks;
  readonly timeline: CaseTimeline;
  /** Sends one more success, which shows whether earlier callbacks have been processed. */
  readonly sendMarker: Parameters<typeof drainReceiver>[1];
  readonly onActivity: OnActivity;
}

/** Observes what the receiver does, and records it in the timeline of the case. */
export interface CaseObserver
  extends Pick<CaseContext, 'quiet' | 'drain' | 'until' | 'downloads' | 'effects' | 'probe' | 'calls'> {
  /** Stops recording. */
  close(): void;
}

/** Creates an observer for one run of a case. */
export function createCaseObserver(options: CaseObserverOptions): CaseObserver {
  const { subject, observations, pace, tasks, timeline, caseId } = options;
  let lastOwnAtMs = 0;

  const close = observations.subscribe((seen, taskId) => {
    if (!tasks.owns(taskId)) return;
    lastOwnAtMs = performance.now();
    if ('text' in seen) timeline.record({ kind: 'call', text: seen.text, isBad: false });
    else timeline.download(seen, timesByFile(observations.downloads(taskId)).get(seen.name) ?? 0);
  });

  async function effects(taskId: string): Promise<number | null> {
    const result = options.probe === null ? null : await askProbe(taskId, options);
    if (result?.type === 'answered' && result.answer.effects !== undefined) return result.answer.effects;
    if (result?.type === 'unknown' && options.probesEffects) return 0;
    const seen = observations.downloads(taskId);
    if (!subject.downloads && !subject.onlyHeads) return null;
    return Math.max(0, ...worksByFile(seen, subject.onlyHeads).values());
  }

  const drainOptions: DrainOptions = {
    observations,
    pace,
    usualFiles: options.usualFiles,
    onlyHeads: () => subject.onlyHeads,
    probesEffects: options.probesEffects,
    effects,
    caseId,
    onActivity: options.onActivity,
  };

  return {
    close,
    effects,
    probe: (taskId) => askProbe(taskId, options),
    until(condition, atMostMs) {
      options.onActivity({ id: caseId, doing: 'waiting for the receiver', atMostMs });
      return observations.until(condition, atMostMs);
    },
    downloads: observations.downloads,
    calls: observations.polls,
    async quiet() {
      const isDone = (taskId: string): boolean => !subject.downloads || isFetched(taskId, options);
      options.onActivity({ id: caseId, doing: WAITING, atMostMs: pace.patienceMs });
      await observations.until(() => [...tasks.expected].every(isDone), pace.patienceMs);
      await settle(() => lastOwnAtMs, pace.settleMs);
    },
    async drain() {
      const result = await drainReceiver(drainOptions, options.sendMarker);
      timeline.note(NOTES[result.type](result));
      return result;
    },
  };
}

/** Queries the probe, and records its answer. */
async function askProbe(taskId: string, { probe, timeline }: CaseObserverOptions): Promise<ProbeResult> {
  const result: ProbeResult =
    probe === null ? { type: 'broken', because: 'the probe is missing' } : await probe(taskId);
  const shown = result.type === 'answered' ? JSON.stringify(result.answer) : reasonOf(result);
  const entry = { kind: 'probe', text: `${taskId} → ${shown}`, isBad: result.type === 'broken' } as const;
  // The probe is polled while a verdict waits, so equal consecutive answers are recorded once.
  if (timeline.entries.at(-1)?.text !== entry.text) timeline.record(entry);
  return result;
}

function reasonOf(result: ProbeResult): string {
  return result.type === 'broken' ? result.because : 'the task is unknown';
}

/** Whether the media of a task were downloaded, as far as the receiver usually does, or can no longer be. */
function isFetched(taskId: string, { observations, subject, usualFiles }: CaseObserverOptions): boolean {
  const seen = observations.downloads(taskId);
  if (seen.some(({ status }) => status === GONE)) return true;
  const works = worksByFile(seen, subject.onlyHeads);
  const usual = usualFiles();
  const hasFile = (name: string): boolean => (works.get(name) ?? 0) > 0;
  // Wait for all files, because a receiver that is restarted between two files may repeat the task.
  return usual.length > 0 ? usual.every(hasFile) : [...works.keys()].some(hasFile);
}

/** Status of expired media, which will not be downloaded. */
const GONE = 410;
const WAITING = "waiting for the receiver's downloads";
const NOTES: Readonly<Record<Drain['type'], (drain: Drain) => string>> = {
  drained: () => 'an additional callback, sent last, was processed',
  working: (drain) =>
    `still working after ${Math.round(drain.type === 'working' ? drain.forMs / 1000 : 0)} s`,
  silent: (drain) => `no activity for ${drain.type === 'silent' ? Math.round(drain.forMs / 1000) : 0} s`,
  refused: () => 'an additional callback was not acknowledged',
  unseen: () => 'the end of the work cannot be observed',
};
