import {
  type Courier,
  createMockServer,
  type JournalEntry,
  type OwnCertificate,
} from '../../mock-server/index.ts';
import type { TimelineEntry } from '../report.ts';
import type { JsonValue } from './anatomy.ts';
import { brokenRequest } from './broken-request.ts';
import { openCanary } from './canary.ts';
import { plainRequest } from './plain-request.ts';
import type { Probe } from './probe.ts';
import type { Canary, Download, Message, Stage, Task } from './receiver-case.ts';
import { answerIn } from './receivers-answer.ts';
import type { Subject } from './subject.ts';
import type { SystemUnderTest } from './system-under-test.ts';

export interface StageOptions {
  readonly subject: Subject;
  readonly seed: string;
  /** The profile its mock plays; the subject's own when left out. */
  readonly profile?: string;
  readonly courier: Courier;
  readonly probe: Probe | null;
  readonly system: SystemUnderTest | null;
  /** Media come over https when given. */
  readonly tls: OwnCertificate | null;
}

export interface OpenStage extends Stage {
  readonly timeline: readonly TimelineEntry[];
  close(): Promise<void>;
}

/** A mock of its own for each case: its media, its tasks and its journal are nobody else's. */
export async function openStage(options: StageOptions): Promise<OpenStage> {
  const { subject, courier, probe, system } = options;
  const { pack, event } = subject;
  const startedAt = performance.now();
  const mock = await createMockServer({
    builtIn: false,
    packs: [pack.dir],
    profile: options.profile ?? pack.profile,
    clock: 'virtual',
    rateLimit: 'off',
    seed: options.seed,
    grace: 0,
    ...(subject.secret === null ? {} : { secret: subject.secret }),
  }).listen(options.tls === null ? {} : { tls: options.tls });

  const timeline: TimelineEntry[] = [];
  const downloads = new Map<string, Download[]>();
  const calls = new Map<string, number>();
  const watchers = new Set<() => void>();
  const canaries: (Canary & { close(): Promise<void> })[] = [];
  const elapsed = (): number => performance.now() - startedAt;
  let attempts = 0;

  function tell(entry: Omit<TimelineEntry, 'atMs' | 'durationMs'> & { readonly durationMs?: number }): void {
    const { durationMs = 0, ...rest } = entry;
    timeline.push({ atMs: Math.round(elapsed() - durationMs), durationMs: Math.round(durationMs), ...rest });
  }

  function follow(entry: JournalEntry): void {
    if (entry.type === 'media.served' && entry.method === 'GET') noteDownload(entry);
    if (entry.type === 'request.answered' && entry.does === 'poll') {
      const taskId = entry.taskId ?? '';
      calls.set(taskId, (calls.get(taskId) ?? 0) + 1);
      tell({ kind: 'call', text: `${entry.method} ${entry.url} → HTTP ${entry.status}`, isBad: false });
    }
    for (const look of watchers) look();
  }

  function noteDownload(entry: Extract<JournalEntry, { type: 'media.served' }>): void {
    const { taskId, name, status, whole, durationMs } = entry;
    const known = downloads.get(taskId ?? '') ?? [];
    known.push({ name, status, whole, atMs: elapsed() - durationMs });
    downloads.set(taskId ?? '', known);
    const text = `GET ${name} → ${status === null ? 'no answer' : `HTTP ${status}`}${whole ? '' : ', not whole'}`;
    // A second whole download of one file is what duplicates do.
    const again = known.filter((other) => other.whole && other.name === name).length > 1;
    tell({ kind: 'download', text: again ? `${text}, again` : text, durationMs, isBad: again });
  }

  const subscriptions = [mock.journal.subscribe(follow), system?.mock.journal.subscribe(follow)];

  /** Resolves at the first moment this holds, asked again whenever something happens. */
  function until(condition: () => boolean, withinMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        watchers.delete(look);
        resolve(condition());
      };
      const look = (): void => {
        if (condition()) end();
      };
      const timer = setTimeout(end, withinMs);
      watchers.add(look);
      look();
    });
  }

  function quiet(): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        watchers.delete(again);
        resolve();
      };
      let timer = setTimeout(end, subject.settleMs);
      const again = (): void => {
        clearTimeout(timer);
        timer = setTimeout(end, subject.settleMs);
      };
      watchers.add(again);
    });
  }

  async function task(scenario: string, running: boolean): Promise<Task> {
    const staged = await mock.tasks.stage(event.name, { to: subject.url, scenario, running });
    const { taskId, headers, body: text } = staged;
    const message = (body: string): Message => ({ taskId, text: body, headers: staged.seal(body) });
    return {
      taskId,
      text,
      headers,
      body: JSON.parse(text) as JsonValue,
      with: (body) => message(typeof body === 'string' ? body : JSON.stringify(body)),
      sealed: (at) => ({ taskId, text, headers: staged.seal(text, at) }),
      forged: (origin) => message(staged.forge(origin)),
    };
  }

  async function effects(taskId: string): Promise<number | null> {
    const answer = await askProbe(taskId);
    if (typeof answer?.effects === 'number') return answer.effects;
    if (!subject.downloads) return null;
    const byName = new Map<string, number>();
    for (const { name, whole } of downloads.get(taskId) ?? []) {
      if (whole) byName.set(name, (byName.get(name) ?? 0) + 1);
    }
    return Math.max(0, ...byName.values());
  }

  async function askProbe(taskId: string) {
    if (probe === null) return null;
    const answer = await probe(taskId);
    tell({ kind: 'probe', text: `${taskId} → ${JSON.stringify(answer)}`, isBad: answer === null });
    return answer;
  }

  return {
    subject,
    anatomy: subject.anatomy,
    timeline,
    task: (scenario = 'success') => task(scenario, false),
    runningTask: () => task('success', true),
    async send({ text, headers }) {
      attempts += 1;
      const n = attempts;
      const passage = await courier.post(subject.url, () => ({
        headers,
        body: text,
        ackTimeoutMs: subject.ackTimeoutMs,
        // What is legal but not asked for is told apart later.
        ackStatus: '2xx',
        flaw: null,
      }));
      if (passage === null) throw new Error('the judge was stopped');
      const { status, outcome, durationMs } = passage;
      const result = status === null ? outcome : `HTTP ${status}`;
      tell({
        kind: 'attempt',
        text: `POST ${n} → ${result}`,
        durationMs,
        isBad: outcome !== 'acknowledged',
        ...answerIn(passage),
      });
      return passage;
    },
    async sendAndLeave(message, after) {
      attempts += 1;
      const startedAt = performance.now();
      await brokenRequest(subject.url, message, { after, timeoutMs: subject.ackTimeoutMs });
      const text = `POST ${attempts} → its answer got lost`;
      tell({ kind: 'attempt', text, durationMs: performance.now() - startedAt, isBad: false });
    },
    async request(method, headers, body) {
      const passage = await plainRequest(subject.url, {
        method,
        headers,
        body,
        timeoutMs: subject.ackTimeoutMs,
      });
      const result = passage.status === null ? passage.outcome : `HTTP ${passage.status}`;
      tell({ kind: 'attempt', text: `${method} → ${result}`, durationMs: passage.durationMs, isBad: false });
      return passage;
    },
    quiet,
    until,
    downloads: (taskId) => downloads.get(taskId) ?? [],
    effects,
    probe: askProbe,
    calls: (taskId) => calls.get(taskId) ?? 0,
    async submitted(scenario) {
      if (system === null) throw new Error('the system under test cannot be made to submit');
      return system.submit(scenario);
    },
    async canary() {
      const canary = await openCanary();
      canaries.push(canary);
      return canary;
    },
    async restart() {
      await system?.restart();
      tell({ kind: 'note', text: 'the receiver was restarted', isBad: false });
    },
    note: (text) => tell({ kind: 'note', text, isBad: false }),
    async close() {
      for (const end of subscriptions) end?.();
      for (const canary of canaries) await canary.close();
      await mock.close();
    },
  };
}
