import type { AttemptResult, Courier } from '../../mock-server/index.ts';
import type { StagedCallback } from '../../mock-server/internal.ts';
import type { OnActivity } from '../activity.ts';
import type { TimelineEntry } from '../report.ts';
import { brokenRequest } from './broken-request.ts';
import type { JsonValue } from './callback-shape.ts';
import { openCanary } from './canary.ts';
import { type DrainOptions, drainReceiver, settle } from './drain.ts';
import type { OpenRequest } from './guarded-request.ts';
import { type Download, type Observations, timesByFile, worksByFile } from './observations.ts';
import type { Pace } from './pace.ts';
import { plainRequest } from './plain-request.ts';
import type { Probe, ProbeResult } from './probe.ts';
import type { Canary, Drain, Message, RequestPatch, Stage, Task } from './receiver-case.ts';
import { answerIn } from './receivers-answer.ts';
import { sendTogether } from './send-together.ts';
import { ANOTHER_KEY } from './signature-forms.ts';
import type { Subject } from './subject.ts';
import type { SystemUnderTest } from './system-under-test.ts';
import type { SourcedTask, TaskSource } from './task-source.ts';

/** Settings of one run of a case. */
export interface CaseRun {
  /** Time in which the receiver must answer; longer when a verdict is confirmed. */
  readonly ackTimeoutMs: number;
  /** Called with each attempt that ended. @param isPlain whether it was an unchanged success and the only attempt in flight */
  readonly onAttempt: (attempt: AttemptResult, isPlain: boolean) => void;
}

/** Options of `openStage`. */
export interface StageOptions extends Pick<CaseRun, 'onAttempt'> {
  readonly subject: Subject;
  readonly caseId: string;
  readonly tasks: TaskSource;
  readonly observations: Observations;
  readonly courier: Courier;
  readonly request: OpenRequest;
  readonly probe: Probe | null;
  readonly system: SystemUnderTest | null;
  readonly pace: Pace;
  readonly headers: Readonly<Record<string, string>>;
  /** Returns the names of the files that the receiver downloads for a success, as far as observed. */
  readonly usualFiles: () => readonly string[];
  /** Whether the answers of the probe have `effects`. */
  readonly probesEffects: boolean;
  /** Keeps a server open until the run ends, because the receiver may call it after the case. */
  readonly keepOpen: (thing: { close(): Promise<void> }) => void;
  readonly onActivity: OnActivity;
}

/** A stage, and its timeline. */
export interface OpenStage extends Stage {
  readonly timeline: readonly TimelineEntry[];
  /** Ends the timeline; the tasks and their media remain available until the run ends. */
  close(): void;
}

/** Opens the stage of one run of a case: it sends callbacks and records the timeline. */
export function openStage(options: StageOptions): OpenStage {
  const { subject, courier, probe, system, observations, pace, caseId } = options;
  const startedAt = performance.now();
  const timeline: TimelineEntry[] = [];
  const ownTaskIds = new Set<string>();
  /** Acknowledged successes, whose work is expected. */
  const expected = new Set<string>();
  /** Original body of each success, by task. */
  const successes = new Map<string, string>();
  /** Bodies of progress callbacks, which must not cause work. */
  const progress = new Set<string>();
  let attemptCount = 0;
  let lastOwnAtMs = 0;
  let inFlight = 0;

  function record(
    entry: Omit<TimelineEntry, 'atMs' | 'durationMs'> & { readonly durationMs?: number },
  ): void {
    const { durationMs = 0, ...rest } = entry;
    const atMs = Math.round(performance.now() - startedAt - durationMs);
    timeline.push({ atMs, durationMs: Math.round(durationMs), ...rest });
  }

  function recordAttempt(text: string, attempt: AttemptResult, isBad: boolean): void {
    const { status, outcome, durationMs } = attempt;
    const result = status === null ? outcome : `HTTP ${status}`;
    record({ kind: 'attempt', text: `${text} → ${result}`, durationMs, isBad, ...answerIn(attempt) });
  }

  const endSubscription = observations.subscribe((seen, taskId) => {
    if (!ownTaskIds.has(taskId)) return;
    lastOwnAtMs = performance.now();
    if ('text' in seen) record({ kind: 'call', text: seen.text, isBad: false });
    else recordDownload(seen, taskId);
  });

  function recordDownload(
    { name, method, status, bytes, fileSize, start, durationMs }: Download,
    id: string,
  ) {
    const isPart = fileSize > 0 && bytes < fileSize && method === 'GET';
    const part = isPart ? `, bytes ${start}-${start + Math.max(0, bytes - 1)} of ${fileSize}` : '';
    const times = timesByFile(observations.downloads(id)).get(name) ?? 0;
    const isRepeated = times > 1 && method === 'GET';
    const result = status === null ? 'no answer' : `HTTP ${status}`;
    const again = isRepeated ? ` (${times} times in full)` : '';
    record({
      kind: 'download',
      text: `${method} ${name} → ${result}${part}${again}`,
      durationMs,
      isBad: isRepeated,
    });
  }

  async function makeTask(scenario: string, running: boolean, request?: RequestPatch): Promise<Task> {
    const sourced = await options.tasks({ scenario, running, caseId, request });
    ownTaskIds.add(sourced.taskId);
    if (!running && !scenario.startsWith('fail.')) successes.set(sourced.taskId, sourced.body);
    for (const { isFinal, body } of sourced.callbacks) if (!isFinal) progress.add(body);
    return taskOf(sourced, subject.secret !== null);
  }

  async function effects(taskId: string): Promise<number | null> {
    const result = probe === null ? null : await stage.probe(taskId);
    if (result?.type === 'answered' && result.answer.effects !== undefined) return result.answer.effects;
    if (result?.type === 'unknown' && options.probesEffects) return 0;
    const seen = observations.downloads(taskId);
    if (!subject.downloads && !subject.onlyHeads) return null;
    return Math.max(0, ...worksByFile(seen, subject.onlyHeads).values());
  }

  async function send(message: Message, name = ''): Promise<AttemptResult> {
    attemptCount += 1;
    const label = name === '' ? `callback ${attemptCount}` : name;
    const attempt = await courier.post(message.url ?? subject.url, () => ({
      headers: { ...message.headers, ...options.headers },
      body: message.text,
      ackTimeoutMs: subject.ackTimeoutMs,
      // The verdict distinguishes valid statuses that the vendor does not document.
      ackStatus: '2xx',
      flaw: null,
    }));
    if (attempt === null) throw new Error('The judge was stopped.');
    recordAttempt(label, attempt, attempt.outcome !== 'acknowledged');
    note(message, attempt);
    return attempt;
  }

  function note({ taskId, text }: Message, attempt: AttemptResult): void {
    const announcesEnd = successes.has(taskId) && !progress.has(text);
    if (attempt.outcome === 'acknowledged' && announcesEnd) expected.add(taskId);
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

  const stage: OpenStage = {
    subject,
    shape: subject.shape,
    pace,
    timeline,
    task: (scenario = 'success', request) => makeTask(scenario, false, request),
    runningTask: () => makeTask('success', true),
    async send(message) {
      inFlight += 1;
      const isCrowded = inFlight > 1;
      const attempt = await send(message).finally(() => {
        inFlight -= 1;
      });
      options.onAttempt(attempt, !isCrowded && successes.get(message.taskId) === message.text);
      return attempt;
    },
    async sendAndLeave(message, after) {
      attemptCount += 1;
      const beganAt = performance.now();
      const withHeaders = { ...message, headers: { ...message.headers, ...options.headers } };
      await brokenRequest(options.request, message.url ?? subject.url, withHeaders, {
        after,
        timeoutMs: subject.ackTimeoutMs,
      });
      const text = `callback ${attemptCount} → the sender disconnected before it read the answer`;
      record({ kind: 'attempt', text, durationMs: performance.now() - beganAt, isBad: false });
      if (successes.has(message.taskId)) expected.add(message.taskId);
    },
    async sendTogether(message, copies) {
      const withHeaders = { ...message, headers: { ...message.headers, ...options.headers } };
      const timeoutMs = subject.ackTimeoutMs;
      const together = await sendTogether(options.request, message.url ?? subject.url, withHeaders, {
        copies,
        timeoutMs,
      });
      for (const attempt of together.attempts) {
        attemptCount += 1;
        recordAttempt(`callback ${attemptCount}`, attempt, attempt.outcome !== 'acknowledged');
        note(message, attempt);
        options.onAttempt(attempt, false);
      }
      return together;
    },
    async request(method, headers, body) {
      const timeoutMs = subject.ackTimeoutMs;
      const all = { ...headers, ...options.headers };
      const attempt = await plainRequest(options.request, subject.url, {
        method,
        headers: all,
        body,
        timeoutMs,
      });
      recordAttempt(method, attempt, false);
      return attempt;
    },
    async quiet() {
      const isDone = (taskId: string): boolean => {
        const seen = observations.downloads(taskId);
        const works = worksByFile(seen, subject.onlyHeads);
        const isGone = seen.some(({ status }) => status === GONE);
        const usual = options.usualFiles();
        const isFetched = (name: string): boolean => (works.get(name) ?? 0) > 0;
        // Wait for all files, because a receiver that is restarted between two files may repeat the task.
        const isWhole = usual.length > 0 ? usual.every(isFetched) : [...works.keys()].some(isFetched);
        return !subject.downloads || isGone || isWhole;
      };
      options.onActivity({ id: caseId, doing: WAITING, atMostMs: pace.patienceMs });
      await observations.until(() => [...expected].every(isDone), pace.patienceMs);
      await settle(() => lastOwnAtMs, pace.settleMs);
    },
    async drain() {
      const result = await drainReceiver(drainOptions, async () => {
        const marker = await options.tasks({ scenario: 'success', running: false, caseId });
        return {
          taskId: marker.taskId,
          attempt: await send(taskOf(marker, subject.secret !== null), 'additional callback'),
        };
      });
      record({ kind: 'note', text: NOTES[result.type](result), isBad: false });
      return result;
    },
    until: observations.until,
    downloads: observations.downloads,
    effects,
    async probe(taskId) {
      const result: ProbeResult =
        probe === null ? { type: 'broken', because: 'the option --probe is missing' } : await probe(taskId);
      const shown = result.type === 'answered' ? JSON.stringify(result.answer) : reasonOf(result);
      const entry = { kind: 'probe', text: `${taskId} → ${shown}`, isBad: result.type === 'broken' } as const;
      // The probe is polled while a verdict waits, so equal consecutive answers are recorded once.
      if (timeline.at(-1)?.text !== entry.text) record(entry);
      return result;
    },
    calls: observations.polls,
    async submitted(scenario) {
      if (system === null) throw new Error('The option --submit is missing.');
      const task = await system.submit(scenario);
      ownTaskIds.add(task.taskId);
      return task;
    },
    async canary(): Promise<Canary> {
      const canary = await openCanary();
      options.keepOpen(canary);
      return canary;
    },
    async restart() {
      await system?.restart();
      record({ kind: 'note', text: 'the receiver was restarted', isBad: false });
    },
    async pause(durationMs, doing) {
      options.onActivity({ id: caseId, doing, atMostMs: durationMs });
      await new Promise((resolve) => setTimeout(resolve, durationMs));
      record({ kind: 'note', text: `${Math.round(durationMs / 1000)} s passed`, durationMs, isBad: false });
    },
    note: (text) => record({ kind: 'note', text, isBad: false }),
    close: endSubscription,
  };
  return stage;
}

/** Status of expired media, which will not be downloaded. */
const GONE = 410;
const WAITING = "waiting for the receiver's downloads";
const NOTES: Readonly<Record<Drain['type'], (drain: Drain) => string>> = {
  drained: () => 'an additional callback was processed after these',
  working: (drain) =>
    `still working after ${Math.round(drain.type === 'working' ? drain.forMs / 1000 : 0)} s`,
  silent: (drain) => `no activity for ${drain.type === 'silent' ? Math.round(drain.forMs / 1000) : 0} s`,
  refused: () => 'an additional callback was not acknowledged',
  unseen: () => 'the end of the work cannot be observed',
};

function reasonOf(result: ProbeResult): string {
  return result.type === 'broken' ? result.because : 'the task is unknown';
}

function taskOf(sourced: SourcedTask, isSigned: boolean): Task {
  const { taskId, headers, body: text, url } = sourced;
  const message = (body: string): Message => ({ taskId, text: body, headers: sourced.seal(body), url });
  return {
    taskId,
    text,
    headers,
    url,
    body: JSON.parse(text) as JsonValue,
    callbacks: sourced.callbacks.map(({ body, ...rest }) => ({ ...rest, taskId, text: body, url })),
    with: (body) => message(typeof body === 'string' ? body : JSON.stringify(body)),
    sealed: (at: Parameters<StagedCallback['seal']>[1]) => ({
      taskId,
      text,
      headers: sourced.seal(text, at),
      url,
    }),
    forged(origin) {
      const forgery = sourced.forge(origin);
      // An attacker does not have the key, so the signature of a forgery is wrong.
      const headers = isSigned ? sourced.seal(forgery, { secret: ANOTHER_KEY }) : sourced.seal(forgery);
      return { taskId, text: forgery, headers, url };
    },
  };
}
