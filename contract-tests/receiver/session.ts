import { randomBytes } from 'node:crypto';
import { CodedError, loadPacks, VERSION } from '../../mock-server/index.ts';
import { chooseCases } from '../choose-cases.ts';
import { hideInUrl, keysInUrl, withoutKeys } from '../hide-keys.ts';
import { findEvent } from '../payload/judge-payload.ts';
import { type CaseReport, type Headline, type SuiteReport, summarize } from '../report.ts';
import { wantedCases } from './announce.ts';
import { RECEIVER_CASES } from './cases.ts';
import { type Means, openMeans } from './means.ts';
import { describeSubject, type FirstContact, meetReceiver } from './meet.ts';
import { type Observations, worksByFile } from './observations.ts';
import type { Pace } from './pace.ts';
import type { ReceiverCase } from './receiver-case.ts';
import type { ReceiverOptions } from './receiver-options.ts';
import { replayLine } from './replay-line.ts';
import { createRunner, type FirstRun } from './run-case.ts';
import { type CaseRun, type OpenStage, openStage } from './stage.ts';
import type { Subject } from './subject.ts';
import { mockTasks, systemTasks } from './task-source.ts';
import { remarksOn } from './url-remarks.ts';

/** An open judging session for one receiver, and the cases that can be run against it. */
export interface Session {
  readonly subject: Subject;
  readonly cases: readonly ReceiverCase[];
  /** Findings about the whole run. */
  readonly headlines: readonly Headline[];
  /** Reason why the run is inconclusive; null if it is not. */
  readonly inconclusive: string | null;
  /** Runs one case alone. A failure that load or this machine could have caused is repeated. */
  judge(one: ReceiverCase): Promise<CaseReport>;
  /** Runs a case while others are running; a doubtful verdict must be confirmed with `judge`. */
  runOnce(one: ReceiverCase): Promise<FirstRun>;
  /** Whether several consecutive callbacks timed out while cases ran in parallel. */
  readonly isOverloaded: boolean;
  /** Builds the report. */
  conclude(reports: readonly CaseReport[]): SuiteReport;
  close(): Promise<void>;
}

/**
 * Opens a session, and sends a first callback to learn whether the receiver is reachable and what it does.
 * @throws {CodedError} EVENT_UNKNOWN, CASE_UNKNOWN, OPTION_INVALID, RECEIVER_UNREACHABLE, PROBE_UNUSABLE
 */
export async function openSession(options: ReceiverOptions): Promise<Session> {
  const startedAt = new Date();
  const cases = chooseCases(RECEIVER_CASES, wantedCases(options));
  const { packs: dirs = [], profile } = options;
  const packs = loadPacks({ packs: dirs, ...(profile === undefined ? {} : { profile }) });
  const { pack, event } = findEvent(packs, options.event);
  const url = readUrl(options.url);
  // A new seed for each run, because a correct receiver remembers the tasks of previous runs.
  const seed = String(options.seed ?? randomBytes(4).toString('hex'));
  const open: { close(): unknown }[] = [];
  const close = async (): Promise<void> => {
    for (const thing of open.splice(0).reverse()) await thing.close();
  };
  try {
    const means = await openMeans(options, { pack, url, seed, keep: (thing) => open.push(thing) });
    const subject = await describeSubject({
      options,
      pack,
      event,
      secret: options.secret ?? null,
      observations: means.observations,
    });
    const resources = {
      ...means,
      options,
      subject,
      keepOpen: (thing: { close(): Promise<void> }) => open.push(thing),
    };
    const contact = await meet(resources);
    const runner = createRunner({
      subject,
      options,
      contact,
      lag: means.lag,
      replay: (id) => replayLine(id, { subject, seed, options }),
      openStage: (one, run) => stageFor(resources, contact, one, run),
    });
    const inconclusive = (): string | null => runner.inconclusive ?? whyInconclusive(contact, subject);
    const headlines = (): Headline[] => [
      ...contact.headlines,
      ...runner.headlines,
      ...catchAll(contact, subject),
    ];
    return {
      subject,
      cases,
      get headlines() {
        return headlines();
      },
      get inconclusive() {
        return inconclusive();
      },
      judge: runner.judge,
      runOnce: runner.runOnce,
      get isOverloaded() {
        return runner.isOverloaded;
      },
      conclude: (reports) =>
        withoutKeys(
          {
            suite: 'receiver',
            version: VERSION,
            target: hideInUrl(options.url),
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
              api: means.observations.sawPolls || subject.canSubmit,
            },
            settings: settingsOf(subject, means.pace),
            cases: reports,
            summary: summarize(reports),
            notes: remarksOn(url),
            headlines: headlines(),
            inconclusive: inconclusive(),
          },
          keysGiven(options),
        ),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

type Resources = Means & {
  readonly options: ReceiverOptions;
  readonly subject: Subject;
  readonly keepOpen: (thing: { close(): Promise<void> }) => void;
};

async function meet(resources: Resources): Promise<FirstContact> {
  const stage = await stageFor(resources, null, FIRST_CONTACT, {
    ackTimeoutMs: resources.subject.ackTimeoutMs,
    onAttempt: () => undefined,
  });
  const { options, probe, observations, pace } = resources;
  const onActivity = options.onActivity ?? (() => undefined);
  try {
    return await meetReceiver(stage, { options, probe, observations, pace, onActivity });
  } finally {
    stage.close();
  }
}

const FIRST_CONTACT = { id: 'first contact' } as const;

async function stageFor(
  resources: Resources,
  contact: FirstContact | null,
  { id, wantsList }: Pick<ReceiverCase, 'id' | 'wantsList'>,
  run: CaseRun,
): Promise<OpenStage> {
  const { options, system, observations } = resources;
  const subject = withAckTimeout(resources.subject, run.ackTimeoutMs);
  const { listProfile, event, url } = subject;
  const needsList = wantsList === true && listProfile !== null && listProfile !== subject.pack.profile;
  const mock = needsList ? await resources.listMock(listProfile) : resources.mock;
  const isOwn = subject.canSubmit && system !== null && !needsList;
  return openStage({
    subject,
    caseId: id,
    tasks: isOwn ? systemTasks(mock, system, event.name, url) : mockTasks(mock, event.name, url),
    observations,
    courier: resources.courier,
    request: resources.request,
    probe: resources.probe,
    system,
    pace: resources.pace,
    headers: options.headers ?? {},
    usualFiles: () => usualFiles(contact, observations, subject),
    probesEffects: contact?.probesEffects ?? false,
    keepOpen: resources.keepOpen,
    onActivity: options.onActivity ?? (() => undefined),
    ...run,
  });
}

/** Copies the subject with another ack timeout; properties that change during the run are still read from the original. */
function withAckTimeout(subject: Subject, ackTimeoutMs: number): Subject {
  return {
    ...subject,
    ackTimeoutMs,
    get downloads() {
      return subject.downloads;
    },
    get onlyHeads() {
      return subject.onlyHeads;
    },
  };
}

/** Returns the files downloaded for the first callback; a download may start after the first contact has ended. */
function usualFiles(contact: FirstContact | null, observations: Observations, subject: Subject): string[] {
  const taskId = contact?.taskId ?? null;
  if (taskId === null) return [];
  const works = worksByFile(observations.downloads(taskId), subject.onlyHeads);
  return [...works].filter(([, times]) => times > 0).map(([name]) => name);
}

function whyInconclusive({ halt, acceptsAnything }: FirstContact, subject: Subject): string | null {
  if (halt !== null && !halt.isFault) return 'The first valid callback was not acknowledged.';
  return acceptsAnything && !subject.downloads ? NOT_A_RECEIVER : null;
}

const NOT_A_RECEIVER =
  'The URL does not appear to be a receiver: it acknowledges a GET, invalid JSON and plain text like a callback, and no effect was observed.';

function catchAll({ acceptsAnything }: FirstContact, { url, downloads }: Subject): Headline[] {
  if (!acceptsAnything || downloads) return [];
  return [
    {
      text: `${url} does not appear to be a receiver: it answers 2xx to a GET, to invalid JSON and to plain text.`,
      remedy:
        'Use the URL of the receiver itself, including its path: this may be a catch-all route or the fallback of a single-page app.',
    },
  ];
}

/** Returns the secrets to remove from the report; answers of the receiver may repeat them. */
function keysGiven({ url, secret, headers = {} }: ReceiverOptions): string[] {
  const { username, password } = new URL(url);
  return [secret ?? '', username, password, ...Object.values(headers), ...keysInUrl(url)];
}

function settingsOf(subject: Subject, pace: Pace): SuiteReport['settings'] {
  return {
    ackTimeout: `${subject.ackTimeoutMs} ms`,
    settle: `${pace.settleMs} ms`,
    patience: `${pace.patienceMs} ms`,
    fastAck: `${subject.fastAckMs} ms`,
    downloadWithin: `${subject.downloadWithinMs} ms`,
    retryGaps: subject.realGaps
      ? 'the gaps of the vendor'
      : 'skipped: each retry is sent immediately (use --real-gaps to wait)',
  };
}

function readUrl(text: string): URL {
  if (URL.canParse(text) && /^https?:/.test(text)) return new URL(text);
  throw new CodedError(
    'OPTION_INVALID',
    `"${text}" is not the URL of a receiver.`,
    'Use a full URL, such as http://127.0.0.1:3000/callback.',
  );
}
