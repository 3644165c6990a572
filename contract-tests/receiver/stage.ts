import type { Courier, Passage, StagedCallback } from '../../mock-server/index.ts';
import type { OnActivity } from '../activity.ts';
import type { TimelineEntry } from '../report.ts';
import type { JsonValue } from './anatomy.ts';
import { brokenRequest } from './broken-request.ts';
import { openCanary } from './canary.ts';
import { type Drainage, drainReceiver, settle } from './drain.ts';
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

/** How one run of a case differs from another. */
export interface CaseRun {
  /** Time the receiver has to answer; it is longer where a verdict is confirmed. */
  readonly ackTimeoutMs: number;
  /** Called with each attempt as it ended. @param isPlain whether it was a success, unchanged, and the only one in flight */
  readonly onPassage: (passage: Passage, isPlain: boolean) => void;
}

export interface StageOptions extends Pick<CaseRun, 'onPassage'> {
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
  /** Names of the files that the receiver downloads of a success, as far as that was seen. */
  readonly usualFiles: () => readonly string[];
  /** Whether the probe's answers have `effects`. */
  readonly probesEffects: boolean;
  /** Takes what must outlive the case: whatever points at it must find it until the run ends. */
  readonly keepOpen: (thing: { close(): Promise<void> }) => void;
  readonly onActivity: OnActivity;
}

export interface OpenStage extends Stage {
  readonly timeline: readonly TimelineEntry[];
  /** Ends the timeline; the tasks and their media stay until the run ends. */
  close(): void;
}

/** What a case sends, and what is seen of it. */
export function openStage(options: StageOptions): OpenStage {
  const { subject, courier, probe, system, observations, pace, caseId } = options;
  const startedAt = performance.now();
  const timeline: TimelineEntry[] = [];
  const own = new Set<string>();
  /** Successes that were acknowledged: their work is expected. */
  const expected = new Set<string>();
  /** Successes as they were composed, by task. */
  const successes = new Map<string, string>();
  /** Callbacks that announce no end: no work follows them. */
  const progress = new Set<string>();
  let attempts = 0;
  let lastOwnAtMs = 0;
  let flying = 0;

  function tell(entry: Omit<TimelineEntry, 'atMs' | 'durationMs'> & { readonly durationMs?: number }): void {
    const { durationMs = 0, ...rest } = entry;
    const atMs = Math.round(performance.now() - startedAt - durationMs);
    timeline.push({ atMs, durationMs: Math.round(durationMs), ...rest });
  }

  function tellAttempt(text: string, passage: Passage, isBad: boolean): void {
    const { status, outcome, durationMs } = passage;
    const result = status === null ? outcome : `HTTP ${status}`;
    tell({ kind: 'attempt', text: `${text} → ${result}`, durationMs, isBad, ...answerIn(passage) });
  }

  const endSubscription = observations.subscribe((seen, taskId) => {
    if (!own.has(taskId)) return;
    lastOwnAtMs = performance.now();
    if ('text' in seen) tell({ kind: 'call', text: seen.text, isBad: false });
    else tellDownload(seen, taskId);
  });

  function tellDownload({ name, method, status, bytes, fileSize, start, durationMs }: Download, id: string) {
    const isPart = fileSize > 0 && bytes < fileSize && method === 'GET';
    const part = isPart ? `, bytes ${start}-${start + Math.max(0, bytes - 1)} of ${fileSize}` : '';
    const times = timesByFile(observations.downloads(id)).get(name) ?? 0;
    const isRepeated = times > 1 && method === 'GET';
    const result = status === null ? 'no answer' : `HTTP ${status}`;
    const again = isRepeated ? ` (${times} times in full)` : '';
    tell({
      kind: 'download',
      text: `${method} ${name} → ${result}${part}${again}`,
      durationMs,
      isBad: isRepeated,
    });
  }

  async function makeTask(scenario: string, running: boolean, request?: RequestPatch): Promise<Task> {
    const sourced = await options.tasks({ scenario, running, caseId, request });
    own.add(sourced.taskId);
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

  async function send(message: Message, name = ''): Promise<Passage> {
    attempts += 1;
    const label = name === '' ? `callback ${attempts}` : name;
    const passage = await courier.post(message.url ?? subject.url, () => ({
      headers: { ...message.headers, ...options.headers },
      body: message.text,
      ackTimeoutMs: subject.ackTimeoutMs,
      // Legal statuses that the vendor does not ask for are told apart by the verdict.
      ackStatus: '2xx',
      flaw: null,
    }));
    if (passage === null) throw new Error('the judge was stopped');
    tellAttempt(label, passage, passage.outcome !== 'acknowledged');
    note(message, passage);
    return passage;
  }

  function note({ taskId, text }: Message, passage: Passage): void {
    const announcesEnd = successes.has(taskId) && !progress.has(text);
    if (passage.outcome === 'acknowledged' && announcesEnd) expected.add(taskId);
  }

  const drainage: Drainage = {
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
    anatomy: subject.anatomy,
    pace,
    timeline,
    task: (scenario = 'success', request) => makeTask(scenario, false, request),
    runningTask: () => makeTask('success', true),
    async send(message) {
      flying += 1;
      const isCrowded = flying > 1;
      const passage = await send(message).finally(() => {
        flying -= 1;
      });
      options.onPassage(passage, !isCrowded && successes.get(message.taskId) === message.text);
      return passage;
    },
    async sendAndLeave(message, after) {
      attempts += 1;
      const beganAt = performance.now();
      const withHeaders = { ...message, headers: { ...message.headers, ...options.headers } };
      await brokenRequest(options.request, message.url ?? subject.url, withHeaders, {
        after,
        timeoutMs: subject.ackTimeoutMs,
      });
      const text = `callback ${attempts} → the sender left before it had the answer`;
      tell({ kind: 'attempt', text, durationMs: performance.now() - beganAt, isBad: false });
      if (successes.has(message.taskId)) expected.add(message.taskId);
    },
    async sendTogether(message, copies) {
      const withHeaders = { ...message, headers: { ...message.headers, ...options.headers } };
      const timeoutMs = subject.ackTimeoutMs;
      const together = await sendTogether(options.request, message.url ?? subject.url, withHeaders, {
        copies,
        timeoutMs,
      });
      for (const passage of together.passages) {
        attempts += 1;
        tellAttempt(`callback ${attempts}`, passage, passage.outcome !== 'acknowledged');
        note(message, passage);
        options.onPassage(passage, false);
      }
      return together;
    },
    async request(method, headers, body) {
      const timeoutMs = subject.ackTimeoutMs;
      const all = { ...headers, ...options.headers };
      const passage = await plainRequest(options.request, subject.url, {
        method,
        headers: all,
        body,
        timeoutMs,
      });
      tellAttempt(method, passage, false);
      return passage;
    },
    async quiet() {
      const isDone = (taskId: string): boolean => {
        const seen = observations.downloads(taskId);
        const works = worksByFile(seen, subject.onlyHeads);
        const isGone = seen.some(({ status }) => status === GONE);
        const usual = options.usualFiles();
        const isFetched = (name: string): boolean => (works.get(name) ?? 0) > 0;
        // All of them: a receiver that is restarted between two files may start the task again.
        const isWhole = usual.length > 0 ? usual.every(isFetched) : [...works.keys()].some(isFetched);
        return !subject.downloads || isGone || isWhole;
      };
      options.onActivity({ id: caseId, doing: WAITING, atMostMs: pace.patienceMs });
      await observations.until(() => [...expected].every(isDone), pace.patienceMs);
      await settle(() => lastOwnAtMs, pace.settleMs);
    },
    async drain() {
      const result = await drainReceiver(drainage, async () => {
        const marker = await options.tasks({ scenario: 'success', running: false, caseId });
        return {
          taskId: marker.taskId,
          passage: await send(taskOf(marker, subject.secret !== null), 'a further callback'),
        };
      });
      tell({ kind: 'note', text: NOTES[result.type](result), isBad: false });
      return result;
    },
    until: observations.until,
    downloads: observations.downloads,
    effects,
    async probe(taskId) {
      const result: ProbeResult =
        probe === null ? { type: 'broken', because: 'there is none' } : await probe(taskId);
      const shown = result.type === 'answered' ? JSON.stringify(result.answer) : said(result);
      const entry = { kind: 'probe', text: `${taskId} → ${shown}`, isBad: result.type === 'broken' } as const;
      // Asked again and again while a verdict waits: one line says it.
      if (timeline.at(-1)?.text !== entry.text) tell(entry);
      return result;
    },
    calls: observations.polls,
    async submitted(scenario) {
      if (system === null) throw new Error('the system under test cannot be made to submit');
      const task = await system.submit(scenario);
      own.add(task.taskId);
      return task;
    },
    async canary(): Promise<Canary> {
      const canary = await openCanary();
      options.keepOpen(canary);
      return canary;
    },
    async restart() {
      await system?.restart();
      tell({ kind: 'note', text: 'the receiver was restarted', isBad: false });
    },
    async pause(durationMs, doing) {
      options.onActivity({ id: caseId, doing, atMostMs: durationMs });
      await new Promise((resolve) => setTimeout(resolve, durationMs));
      tell({ kind: 'note', text: `${Math.round(durationMs / 1000)} s passed`, durationMs, isBad: false });
    },
    note: (text) => tell({ kind: 'note', text, isBad: false }),
    close: endSubscription,
  };
  return stage;
}

/** Media that have expired will not come. */
const GONE = 410;
const WAITING = "waiting for the receiver's downloads";
const NOTES: Readonly<Record<Drain['type'], (drain: Drain) => string>> = {
  drained: () => 'a further callback was handled after these',
  working: (drain) =>
    `still working after ${Math.round(drain.type === 'working' ? drain.forMs / 1000 : 0)} s`,
  silent: (drain) => `nothing happened for ${drain.type === 'silent' ? Math.round(drain.forMs / 1000) : 0} s`,
  refused: () => 'a further callback was not acknowledged',
  unseen: () => 'nothing shows when the receiver has finished',
};

function said(result: ProbeResult): string {
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
      // A forger has no key: where callbacks are signed, its signature is wrong.
      const headers = isSigned ? sourced.seal(forgery, { secret: ANOTHER_KEY }) : sourced.seal(forgery);
      return { taskId, text: forgery, headers, url };
    },
  };
}
