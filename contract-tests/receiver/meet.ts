import { type AttemptResult, CodedError, type Pack, type PackEvent } from '../../mock-server/index.ts';
import type { OnActivity } from '../activity.ts';
import { hideInUrl } from '../hide-keys.ts';
import { readMs } from '../read-duration.ts';
import type { Headline } from '../report.ts';
import { findCallbackShape } from './callback-shape.ts';
import { explainFirstAnswer, type Halt } from './first-answer.ts';
import type { Observations } from './observations.ts';
import type { Pace } from './pace.ts';
import type { Probe, ProbeAnswer } from './probe.ts';
import type { Stage } from './receiver-case.ts';
import type { ReceiverOptions } from './receiver-options.ts';
import { collectSpecimens } from './specimens.ts';
import type { OpenStage } from './stage.ts';
import type { Subject } from './subject.ts';

/** Results of the first callbacks. */
export interface FirstContact {
  /** Reason why the cases cannot be judged; null if they can. */
  readonly halt: Halt | null;
  /** Id of the task whose success was acknowledged; null if none was. */
  readonly taskId: string | null;
  /** Whether the answers of the probe have `effects`. */
  readonly probesEffects: boolean;
  /** Whether it acknowledged a GET, invalid JSON and plain text, without an observable effect. */
  readonly acceptsAnything: boolean;
  readonly headlines: readonly Headline[];
}

/** Inputs for the description of a receiver. */
export interface SubjectInputs {
  readonly options: ReceiverOptions;
  readonly pack: Pack;
  readonly event: PackEvent;
  readonly secret: string | null;
  readonly observations: Observations;
}

/** Describes the receiver from the options and the pack, before the first request. */
export async function describeSubject({
  options,
  pack,
  event,
  secret,
  observations,
}: SubjectInputs): Promise<Subject> {
  const { specimens, failures, listProfile } = await collectSpecimens(pack, event, secret);
  return {
    url: options.url,
    pack,
    event,
    shape: findCallbackShape(specimens),
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

/** Time in which the first download must start if effects cannot be observed otherwise. */
const FIRST_DOWNLOAD_MS = 10_000;
/** Shorter with a probe that reports effects, because such a receiver may not download media. */
const FIRST_DOWNLOAD_WITH_PROBE_MS = 2000;

/** Inputs for the first contact. */
export interface MeetOptions {
  readonly options: ReceiverOptions;
  readonly probe: Probe | null;
  readonly observations: Observations;
  readonly pace: Pace;
  readonly onActivity: OnActivity;
}

/**
 * Sends a first callback to learn whether the receiver is reachable, whether it acknowledges, what it does, and how fast.
 * @throws {CodedError} RECEIVER_UNREACHABLE, PROBE_UNUSABLE
 */
export async function meetReceiver(stage: OpenStage, meet: MeetOptions): Promise<FirstContact> {
  const { options, observations, onActivity } = meet;
  onActivity({ id: null, doing: 'sending a first callback', atMostMs: 2 * stage.subject.ackTimeoutMs });
  const first = await sendGood(stage);
  // A single failure may be a coincidence.
  const task = isAcknowledged(first.attempt) ? first : await sendGood(stage);
  if (!isAcknowledged(task.attempt)) {
    const halt = explainFirstAnswer(options, task.attempt);
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
    // The following files arrive at about the same pace.
    await stage.quiet();
    meet.pace.learn(firstMs, Math.max(0, observations.lastAtMs - ackedAt));
    await stage.quiet();
  }
  const answer = await askKnown(task.taskId, early, meet);
  const acceptsAnything = !isFetching && answer?.effects === undefined && (await acknowledgesAnything(stage));
  return {
    halt: null,
    taskId: task.taskId,
    probesEffects: answer?.effects !== undefined,
    acceptsAnything,
    headlines: isFetching || answer?.effects !== undefined ? [] : [nothingSeen(stage.subject, observations)],
  };
}

const NOTHING_SEEN = { taskId: null, probesEffects: false, acceptsAnything: false } as const;

async function sendGood(stage: Stage): Promise<{ taskId: string; attempt: AttemptResult }> {
  const task = await stage.task();
  return { taskId: task.taskId, attempt: await stage.send(task) };
}

function isAcknowledged({ outcome }: AttemptResult): boolean {
  return outcome === 'acknowledged';
}

/** Queries the probe, and throws if it is broken, before verdicts depend on it. */
async function checkProbe(taskId: string, { probe }: MeetOptions): Promise<ProbeAnswer | null> {
  if (probe === null) return null;
  const result = await probe(taskId);
  if (result.type === 'broken') {
    throw new CodedError(
      'PROBE_UNUSABLE',
      `The probe failed: ${result.because}.`,
      'Make it answer with a JSON object such as {"state":"succeeded","effects":1}, or with HTTP 404 or null for an unknown task.',
    );
  }
  return result.type === 'answered' ? result.answer : null;
}

/**
 * Returns the probe's answer for an acknowledged task, after the receiver has had time to process it.
 * @throws {CodedError} PROBE_UNUSABLE if the probe still does not know the task
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
    `The probe does not know task ${taskId} although its callback was acknowledged.`,
    'Check the address of the probe, and that it looks tasks up by the id in the callback.',
  );
}

const PROBE_EVERY_MS = 200;

async function acknowledgesAnything(stage: Stage): Promise<boolean> {
  const task = await stage.task();
  const attempts = [
    await stage.request('GET', {}),
    await stage.request('POST', { ...task.headers }, `${task.text.slice(0, -1)},}`),
    await stage.request('POST', { ...task.headers, 'content-type': 'text/plain' }, 'hello'),
  ];
  return attempts.every(({ outcome }) => outcome === 'acknowledged');
}

function nothingSeen({ url, hasProbe }: Subject, { sawPolls }: Observations): Headline {
  const polled = sawPolls ? ', although it polled the mock' : '';
  return {
    text: `${hideInUrl(url)} acknowledged a success but did not download media${polled}, so the effects of its callbacks cannot be observed.`,
    remedy: hasProbe
      ? 'Include "effects" in the answer of the probe, or let the receiver download the media.'
      : 'If the receiver has an allow list of media hosts, add the host of the mock (set by --media-host). If its work starts later, set --settle. Otherwise, set --probe.',
  };
}
