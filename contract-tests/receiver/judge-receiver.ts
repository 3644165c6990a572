import { randomBytes } from 'node:crypto';
import {
  CodedError,
  type Courier,
  createCertificate,
  createCourier,
  createMockServer,
  loadPacks,
  type OwnCertificate,
  type Pack,
  type PackEvent,
  type Passage,
  VERSION,
} from '../../mock-server/index.ts';
import type { OnActivity } from '../activity.ts';
import { chooseCases } from '../choose-cases.ts';
import { commandLine, quote } from '../command-line.ts';
import { findEvent } from '../payload/judge-payload.ts';
import { readMs } from '../read-duration.ts';
import { type CaseReport, type SuiteReport, summarise, type Verdict, worstOf } from '../report.ts';
import { type Anatomy, dissect, type JsonValue, type Specimens } from './anatomy.ts';
import { wantedCases } from './announce.ts';
import { RECEIVER_CASES } from './cases.ts';
import { createProbe, type Probe } from './probe.ts';
import type { ReceiverCase } from './receiver-case.ts';
import { openStage } from './stage.ts';
import type { Subject } from './subject.ts';
import { openSystem, type SystemUnderTest } from './system-under-test.ts';

/** What a receiver's judge can be told. */
export interface ReceiverOptions {
  /** Where the receiver listens. */
  readonly url: string;
  /** Like `runway.generate`. */
  readonly event: string;
  /** Pack folders beside the built-in ones. */
  readonly packs?: readonly string[];
  readonly profile?: string;
  /** Decides the ids of tasks. Another one in each run when left out, because receivers remember what they have done. */
  readonly seed?: string | number;
  /** Ids, or beginnings of ids, of the cases to run; all when left out. */
  readonly only?: readonly string[];
  /** Only the cases of the quick set, in less than 30 seconds; `only` overrides it. */
  readonly quick?: boolean;
  /** How long the receiver has to answer, wall time; the pack's when left out. */
  readonly ackTimeout?: string | number;
  /** How long nothing may happen before a task counts as worked off; found out by itself when left out. */
  readonly settle?: string | number;
  /** How long 95 of 100 answers may take; 2 s when left out. */
  readonly fastAck?: string | number;
  /** How soon a receiver should begin to download; 60 s when left out. */
  readonly downloadWithin?: string | number;
  /** The key that callbacks are signed with. */
  readonly secret?: string;
  /** A URL or a command with `{taskId}` in it, that answers with what became of a task. */
  readonly probe?: string;
  /** A URL to POST to, or a command, that makes the system under test submit a task to `apiPort`. */
  readonly submit?: string;
  readonly apiPort?: number;
  readonly restartCommand?: string;
  /** Restarts the receiver, where it runs in the same process. */
  readonly restart?: () => Promise<void>;
  /** Media and API come over https, by an authority of our own that is kept in this folder. */
  readonly tls?: string;
  /** How many cases run beside each other; 8 when left out. */
  readonly jobs?: number;
  /** Everything that the app under test has thrown during a case and nobody caught; for apps in this process. */
  readonly errors?: (caseId: string) => readonly string[];
  /** What the judge is doing, for a person who waits. */
  readonly onActivity?: OnActivity;
  readonly onStarted?: (id: string) => void;
  readonly onFinished?: (report: CaseReport) => void;
}

/** How long a receiver gets to begin its first download. */
const FIRST_DOWNLOAD_MS = 1500;
const SHORTEST_SETTLE_MS = 250;

/** A receiver that was met, and the cases that can be put to it one by one. */
export interface Court {
  readonly subject: Subject;
  readonly cases: readonly ReceiverCase[];
  /** Puts one case to the receiver. */
  judge(one: ReceiverCase): Promise<CaseReport>;
  /** All of these, as a report. */
  conclude(reports: readonly CaseReport[]): SuiteReport;
  close(): Promise<void>;
}

/**
 * Sends a receiver every case that applies to the event, and says what became of each.
 * @throws {CodedError} EVENT_UNKNOWN, CASE_UNKNOWN, OPTION_INVALID, RECEIVER_UNREACHABLE
 */
export async function judgeReceiver(options: ReceiverOptions): Promise<SuiteReport> {
  const court = await openCourt(options);
  try {
    return court.conclude(await judgeAll(court, options));
  } finally {
    await court.close();
  }
}

/**
 * Meets the receiver: is anybody there, and does it download?
 * @throws {CodedError} EVENT_UNKNOWN, CASE_UNKNOWN, OPTION_INVALID, RECEIVER_UNREACHABLE
 */
export async function openCourt(options: ReceiverOptions): Promise<Court> {
  const startedAt = new Date();
  const cases = chooseCases(RECEIVER_CASES, wantedCases(options));
  const { packs: dirs = [], profile } = options;
  const packs = loadPacks({ packs: dirs, ...(profile === undefined ? {} : { profile }) });
  const { pack, event } = findEvent(packs, options.event);
  const url = readUrl(options.url);
  // Another one each time: a receiver remembers the tasks of earlier runs, as it should.
  const seed = String(options.seed ?? randomBytes(4).toString('hex'));
  const secret = options.secret ?? null;
  const courier = createCourier({ allow: [url.hostname] });
  const tls = options.tls === undefined ? null : await createCertificate(options.tls);
  const system = await systemOf(options, { pack, seed, url, tls });
  const close = async (): Promise<void> => {
    await system?.close();
    await courier.close();
  };
  const probe = options.probe === undefined ? null : createProbe(options.probe);
  const means = { options, courier, probe, system, seed, tls };
  let subject: Subject;
  try {
    subject = await meet({ ...means, url, pack, event, secret });
  } catch (error) {
    await close();
    throw error;
  }
  return {
    subject,
    cases,
    judge: (one) => runCase(one, { ...means, subject }),
    conclude: (reports) => ({
      suite: 'receiver',
      version: VERSION,
      target: options.url,
      pack: pack.name,
      profile: pack.profile,
      event: event.name,
      seed,
      startedAt: startedAt.toISOString(),
      durationMs: Date.now() - startedAt.getTime(),
      channels: {
        ack: true,
        media: subject.downloads,
        probe: subject.hasProbe,
        api: subject.canSubmit,
      },
      settings: {
        ackTimeout: `${subject.ackTimeoutMs} ms`,
        settle: `${subject.settleMs} ms`,
        fastAck: `${subject.fastAckMs} ms`,
        downloadWithin: `${subject.downloadWithinMs} ms`,
        retryGaps: 'left out: the next try follows at once',
      },
      cases: reports,
      summary: summarise(reports),
      notes: remarksOn(url),
      headlines: [],
      inconclusive: null,
    }),
    close,
  };
}

/** The application around the receiver, where the user has said how to make it act. */
async function systemOf(
  options: ReceiverOptions,
  { pack, seed, url, tls }: Pick<Meeting, 'pack' | 'seed' | 'url' | 'tls'>,
): Promise<SystemUnderTest | null> {
  const { submit = null, restartCommand = null, restart, apiPort = 0, secret = null } = options;
  if (submit === null && restartCommand === null && restart === undefined) return null;
  const system = await openSystem({
    pack,
    seed,
    secret,
    apiPort,
    submit,
    restartCommand,
    allowCallback: [url.hostname],
    tls,
  });
  return restart === undefined ? system : { ...system, restart };
}

/** What a case is put to the receiver with. */
interface Means {
  readonly options: ReceiverOptions;
  readonly courier: Courier;
  readonly probe: Probe | null;
  readonly system: SystemUnderTest | null;
  readonly seed: string;
  readonly tls: OwnCertificate | null;
}

/** Cases run beside each other; those that must be alone follow. */
async function judgeAll(court: Court, options: ReceiverOptions): Promise<CaseReport[]> {
  const reports = new Map<string, CaseReport>();
  const run = async (one: ReceiverCase): Promise<void> => {
    options.onStarted?.(one.id);
    const report = await court.judge(one);
    reports.set(one.id, report);
    options.onFinished?.(report);
  };
  const queue = court.cases.filter(({ alone }) => alone !== true).values();
  const worker = async (): Promise<void> => {
    for (const one of queue) await run(one);
  };
  await Promise.all(Array.from({ length: options.jobs ?? 8 }, worker));
  for (const one of court.cases) if (one.alone === true) await run(one);
  return court.cases.flatMap(({ id }) => reports.get(id) ?? []);
}

async function runCase(one: ReceiverCase, means: Means & { readonly subject: Subject }): Promise<CaseReport> {
  const { applies: _applies, alone: _alone, wantsList: _wantsList, run: _run, ...facts } = one;
  const startedAt = performance.now();
  const replay = replayLine(one.id, means);
  const because = one.applies?.(means.subject) ?? null;
  const finish = (
    stimulus: string,
    verdicts: Record<string, Verdict>,
    timeline: CaseReport['timeline'],
  ): CaseReport => ({
    ...facts,
    status: worstOf(Object.values(verdicts).map(({ status }) => status)),
    verdicts,
    stimulus,
    timeline: [...timeline].sort((a, b) => a.atMs - b.atMs),
    replay,
    durationMs: Math.round(performance.now() - startedAt),
  });
  if (because !== null) {
    const verdict: Verdict = { status: 'not-applicable', expected: one.requirement, actual: because };
    return finish('', { ack: verdict }, []);
  }
  const stage = await openStage({
    ...means,
    seed: `${means.seed} ${one.id}`,
    ...profileFor(one, means.subject),
  });
  try {
    const { stimulus, ack, effect } = await one.run(stage);
    const verdicts = { ...(ack === undefined ? {} : { ack }), ...(effect === undefined ? {} : { effect }) };
    return finish(stimulus, verdicts, stage.timeline);
  } finally {
    await stage.close();
  }
}

function profileFor(one: ReceiverCase, { listProfile }: Subject): { profile?: string } {
  return one.wantsList === true && listProfile !== null ? { profile: listProfile } : {};
}

function replayLine(id: string, { subject, seed, options }: Means & { readonly subject: Subject }): string {
  const words = [
    'stuntdouble verify receiver',
    quote(subject.url),
    '--event',
    subject.event.name,
    '--only',
    id,
  ];
  const line = commandLine(words, [
    ...(options.packs ?? []).map((dir) => ['--pack', dir] as const),
    ['--profile', options.profile],
    ['--seed', options.seed === undefined ? undefined : seed],
    ['--ack-timeout', options.ackTimeout],
    ['--settle', options.settle],
    ['--probe', options.probe],
    ['--submit', options.submit],
    ['--api-port', options.apiPort],
    ['--restart-cmd', options.restartCommand],
    ['--tls', options.tls],
  ]);
  // A report is passed around; the key is not.
  return options.secret === undefined ? line : `${line} --secret "$SECRET"`;
}

interface Meeting extends Means {
  readonly url: URL;
  readonly pack: Pack;
  readonly event: PackEvent;
  readonly secret: string | null;
}

async function meet(meeting: Meeting): Promise<Subject> {
  const { options, pack, event } = meeting;
  const { specimens, failures, listProfile } = await collectSpecimens(meeting);
  const draft: Subject = {
    url: options.url,
    pack,
    event,
    anatomy: dissect(specimens) satisfies Anatomy,
    failures,
    ackTimeoutMs: readMs('ackTimeout', options.ackTimeout ?? event.delivery.ackTimeoutMs),
    fastAckMs: readMs('fastAck', options.fastAck ?? '2s'),
    downloadWithinMs: readMs('downloadWithin', options.downloadWithin ?? '60s'),
    settleMs: SHORTEST_SETTLE_MS,
    downloads: false,
    hasProbe: meeting.probe !== null,
    canSubmit: options.submit !== undefined,
    canRestart: options.restartCommand !== undefined || options.restart !== undefined,
    secret: meeting.secret,
    listProfile,
  };
  const stage = await openStage({ ...meeting, subject: draft, seed: `${meeting.seed} first contact` });
  try {
    const task = await stage.task();
    const passage = await stage.send(task);
    refuseUnreachable(options, passage);
    const ackedAt = performance.now();
    const isFetching = (): boolean => stage.downloads(task.taskId).length > 0;
    const settle = options.settle === undefined ? null : readMs('settle', options.settle);
    const downloads = await stage.until(isFetching, settle ?? FIRST_DOWNLOAD_MS);
    const seenAfterMs = performance.now() - ackedAt;
    await stage.quiet();
    const measured = Math.min(FIRST_DOWNLOAD_MS, Math.max(SHORTEST_SETTLE_MS, 3 * seenAfterMs));
    return { ...draft, downloads, settleMs: settle ?? (downloads ? Math.round(measured) : 500) };
  } finally {
    await stage.close();
  }
}

async function collectSpecimens({ pack, event, secret }: Meeting) {
  const profileMedia: { readonly profile: string; readonly count: number }[] = [];
  for (const profile of pack.profiles) {
    const { success } = await specimensOf(pack, profile, event.name, secret);
    const { media } = dissect({ ...success, failure: null });
    profileMedia.push({ profile, count: media.filter((place) => typeof place.at(-1) === 'number').length });
  }
  const best = profileMedia.sort((a, b) => b.count - a.count)[0];
  const { success, failures, first } = await specimensOf(pack, pack.profile, event.name, secret);
  const specimens: Specimens = { ...success, failure: first };
  return { specimens, failures, listProfile: best === undefined || best.count < 2 ? null : best.profile };
}

async function specimensOf(pack: Pack, profile: string, event: string, secret: string | null) {
  const mock = createMockServer({
    builtIn: false,
    packs: [pack.dir],
    profile,
    clock: 'virtual',
    rateLimit: 'off',
    publicUrl: 'http://127.0.0.1:9',
    ...(secret === null ? {} : { secret }),
  });
  try {
    const to = 'http://127.0.0.1:9/callback';
    const good = await mock.tasks.stage(event, { to });
    const success = { taskId: good.taskId, success: JSON.parse(good.body) as JsonValue };
    const failures: string[] = [];
    let first: Specimens['failure'] = null;
    for (const [slug, { code }] of pack.failures) {
      const { taskId, body: text } = await mock.tasks.stage(event, { to, scenario: `fail.${slug}` });
      failures.push(slug);
      const body = JSON.parse(text) as JsonValue;
      const message = Object.values(pack.failures.get(slug)?.messages ?? {}).find((own) =>
        text.includes(JSON.stringify(own)),
      );
      first ??= { taskId, body, code: String(code), message: message ?? '' };
    }
    return { success, failures, first };
  } finally {
    await mock.close();
  }
}

function refuseUnreachable({ url, submit }: ReceiverOptions, { outcome, status, detail }: Passage): void {
  const why = UNREACHABLE[outcome];
  if (why !== undefined) {
    throw new CodedError('RECEIVER_UNREACHABLE', `${url}: ${detail ?? outcome}`, why);
  }
  // A receiver that knows its own tasks alone can still be judged by those.
  const isUnknown = status === 404 && submit === undefined;
  if (isUnknown || status === 405 || status === 501) {
    throw new CodedError(
      'RECEIVER_UNREACHABLE',
      `${url} answered a callback with HTTP ${status}`,
      'Give the URL that takes the callbacks, path included: it must accept POST. If it takes callbacks of its own tasks alone, give --submit.',
    );
  }
}

const UNREACHABLE: Readonly<Record<string, string | undefined>> = {
  refused: 'Nothing listens there: start the receiver first, and check the port.',
  dns: 'The host has no address: check how it is spelled.',
  tls: 'The connection is not safe: use http:// for a local receiver, or a certificate that this machine trusts (NODE_EXTRA_CA_CERTS).',
  reset: 'The receiver breaks the connection before it has answered: look at its log.',
  blocked: 'Link-local and metadata addresses are never called.',
};

function readUrl(text: string): URL {
  if (URL.canParse(text) && /^https?:/.test(text)) return new URL(text);
  throw new CodedError(
    'OPTION_INVALID',
    `"${text}" is no URL of a receiver`,
    'Give it whole, like http://127.0.0.1:3000/callback.',
  );
}

/** What can be said of a callback URL without calling it. */
function remarksOn({ protocol, hostname }: URL): string[] {
  const remarks: string[] = [];
  if (protocol === 'http:') remarks.push('In production the callback URL should begin with https://.');
  if (/^(localhost|127\.|\[::1\])/.test(hostname)) {
    remarks.push('This URL can be reached from this machine alone; the vendor needs a public one.');
  }
  if (/\.(ngrok(-free)?\.(app|dev|io)|trycloudflare\.com|loca\.lt)$/.test(hostname)) {
    remarks.push('A tunnel is for development: its address changes, and callbacks are lost with it.');
  }
  return remarks;
}
