import { CodedError, type Pack, type PackEvent, type Passage } from '../../mock-server/index.ts';
import type { OnActivity } from '../activity.ts';
import { hideInUrl } from '../hide-keys.ts';
import { readMs } from '../read-duration.ts';
import type { Headline } from '../report.ts';
import { dissect } from './anatomy.ts';
import { explainFirstAnswer, type Halt } from './first-answer.ts';
import type { Observations } from './observations.ts';
import type { Pace } from './pace.ts';
import type { Probe, ProbeAnswer } from './probe.ts';
import type { Stage } from './receiver-case.ts';
import type { ReceiverOptions } from './receiver-options.ts';
import { collectSpecimens } from './specimens.ts';
import type { OpenStage } from './stage.ts';
import type { Subject } from './subject.ts';

/** What the first callbacks showed. */
export interface FirstContact {
  /** Why nothing else can be judged; null when it can. */
  readonly halt: Halt | null;
  /** The success it acknowledged; null when it acknowledged none. */
  readonly taskId: string | null;
  readonly probesEffects: boolean;
  /** Whether it took a GET, broken JSON and plain text for callbacks as well, and did nothing that can be seen. */
  readonly acceptsAnything: boolean;
  readonly headlines: readonly Headline[];
}

export interface Meeting {
  readonly options: ReceiverOptions;
  readonly pack: Pack;
  readonly event: PackEvent;
  readonly secret: string | null;
  readonly observations: Observations;
}

/** What is known of the receiver before it is called. */
export async function describeSubject({
  options,
  pack,
  event,
  secret,
  observations,
}: Meeting): Promise<Subject> {
  const { specimens, failures, listProfile } = await collectSpecimens(pack, event, secret);
  return {
    url: options.url,
    pack,
    event,
    anatomy: dissect(specimens),
    failures,
    ackTimeoutMs: readMs('ackTimeout', options.ackTimeout ?? event.delivery.ackTimeoutMs),
    fastAckMs: readMs('fastAck', options.fastAck ?? '2s'),
    downloadWithinMs: readMs('downloadWithin', options.downloadWithin ?? '60s'),
    pollWithinMs: options.pollWithin === undefined ? null : readMs('pollWithin', options.pollWithin),
    get downloads() {
      return observations.sawDownloads;
    },
    get onlyHeads() {
      return observations.sawMediaRequests && !observations.sawDownloads;
    },
    hasProbe: options.probe !== undefined,
    canSubmit: options.submit !== undefined,
    canRestart: options.restartCommand !== undefined || options.restart !== undefined,
    realGaps: options.realGaps === true,
    secret,
    listProfile,
  };
}

/** How long a receiver gets to begin its first download, when nothing else shows what it does. */
const FIRST_DOWNLOAD_MS = 10_000;
/** Where a probe tells of effects, downloads may as well be none of the receiver's business. */
const FIRST_DOWNLOAD_WITH_PROBE_MS = 2000;

export interface MeetOptions {
  readonly options: ReceiverOptions;
  readonly probe: Probe | null;
  readonly observations: Observations;
  readonly pace: Pace;
  readonly onActivity: OnActivity;
}

/**
 * Sends a first callback: is anybody there, does it acknowledge, what does it do, and how long does that take?
 * @throws {CodedError} RECEIVER_UNREACHABLE, PROBE_UNUSABLE
 */
export async function meetReceiver(stage: OpenStage, meet: MeetOptions): Promise<FirstContact> {
  const { options, observations, onActivity } = meet;
  onActivity({ id: null, doing: 'sending a first callback', atMostMs: 2 * stage.subject.ackTimeoutMs });
  const first = await sendGood(stage);
  // Once may be an accident.
  const task = isAcknowledged(first.passage) ? first : await sendGood(stage);
  if (!isAcknowledged(task.passage)) {
    const halt = explainFirstAnswer(options, task.passage);
    return { ...NOTHING_SEEN, halt, headlines: [halt.headline] };
  }
  const ackedAt = performance.now();
  const early = await checkProbe(task.taskId, meet);
  const fixedMs = options.settle === undefined ? null : readMs('settle', options.settle);
  const patienceMs =
    fixedMs ?? (early?.effects === undefined ? FIRST_DOWNLOAD_MS : FIRST_DOWNLOAD_WITH_PROBE_MS);
  onActivity({ id: null, doing: "waiting for the receiver's first download", atMostMs: patienceMs });
  const requests = () => observations.downloads(task.taskId);
  const isFetching = await observations.until(() => requests().length > 0, patienceMs);
  const firstMs = (requests()[0]?.beganAtMs ?? performance.now()) - ackedAt;
  if (isFetching) {
    // What follows the first file comes at about the same pace.
    await stage.quiet();
    meet.pace.learn(firstMs, Math.max(0, observations.lastAtMs - ackedAt));
    await stage.quiet();
  }
  const answer = await askKnown(task.taskId, early, meet);
  const acceptsAnything = !isFetching && answer?.effects === undefined && (await takesAnything(stage));
  return {
    halt: null,
    taskId: task.taskId,
    probesEffects: answer?.effects !== undefined,
    acceptsAnything,
    headlines: isFetching || answer?.effects !== undefined ? [] : [nothingSeen(stage.subject, observations)],
  };
}

const NOTHING_SEEN = { taskId: null, probesEffects: false, acceptsAnything: false } as const;

async function sendGood(stage: Stage): Promise<{ taskId: string; passage: Passage }> {
  const task = await stage.task();
  return { taskId: task.taskId, passage: await stage.send(task) };
}

function isAcknowledged({ outcome }: Passage): boolean {
  return outcome === 'acknowledged';
}

/** A probe that does not work is found before anything rests on it. */
async function checkProbe(taskId: string, { probe }: MeetOptions): Promise<ProbeAnswer | null> {
  if (probe === null) return null;
  const result = await probe(taskId);
  if (result.type === 'broken') {
    throw new CodedError(
      'PROBE_UNUSABLE',
      `The probe failed: ${result.because}.`,
      'It must answer with a JSON object such as {"state":"succeeded","effects":1}, or with HTTP 404 or null for an unknown task.',
    );
  }
  return result.type === 'answered' ? result.answer : null;
}

/**
 * What the probe says of a task that was acknowledged, once the receiver has had time to work on it.
 * @throws {CodedError} PROBE_UNUSABLE when the probe does not know it even then
 */
async function askKnown(
  taskId: string,
  early: ProbeAnswer | null,
  meet: MeetOptions,
): Promise<ProbeAnswer | null> {
  if (meet.probe === null || early !== null) return early;
  const untilMs = performance.now() + meet.pace.patienceMs;
  for (;;) {
    const answer = await checkProbe(taskId, meet);
    if (answer !== null) return answer;
    if (performance.now() >= untilMs) break;
    await new Promise((resolve) => setTimeout(resolve, PROBE_EVERY_MS));
  }
  throw new CodedError(
    'PROBE_UNUSABLE',
    `The probe does not know task ${taskId}, whose callback was acknowledged.`,
    'Check its address, and that it finds tasks by the id in the callback.',
  );
}

const PROBE_EVERY_MS = 200;

async function takesAnything(stage: Stage): Promise<boolean> {
  const task = await stage.task();
  const passages = [
    await stage.request('GET', {}),
    await stage.request('POST', { ...task.headers }, `${task.text.slice(0, -1)},}`),
    await stage.request('POST', { ...task.headers, 'content-type': 'text/plain' }, 'hello'),
  ];
  return passages.every(({ outcome }) => outcome === 'acknowledged');
}

function nothingSeen({ url, hasProbe }: Subject, { sawPolls }: Observations): Headline {
  const asked = sawPolls ? ', although it polled the mock' : '';
  return {
    text: `${hideInUrl(url)} acknowledged a success and downloaded nothing${asked}: what it does with a callback cannot be seen.`,
    remedy: hasProbe
      ? 'Let the probe\'s answer have "effects", or let the receiver download the media.'
      : "If it has a list of allowed media hosts, add the mock's (--media-host NAME sets it); if its work begins later, give --settle; else give --probe.",
  };
}
