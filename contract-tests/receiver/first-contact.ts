import { type AttemptResult, CodedError } from '../../mock-server/index.ts';
import { hideInUrl } from '../hide-keys.ts';
import type { Headline } from '../report.ts';
import { explainFirstAnswer, type Halt } from './first-answer.ts';
import type { Observations } from './observations.ts';
import type { ProbeAnswer } from './probe.ts';
import type { CaseContext } from './receiver-case.ts';
import type { ReceiverSettings } from './receiver-settings.ts';
import type { RunResources } from './run-resources.ts';
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

/** Time in which the first download must start if effects cannot be observed otherwise. */
const FIRST_DOWNLOAD_MS = 10_000;
/** Shorter with a probe that reports effects, because such a receiver may not download media. */
const FIRST_DOWNLOAD_WITH_PROBE_MS = 2000;

/** What the first contact uses to observe the receiver. */
type Observers = Pick<RunResources, 'probe' | 'observations' | 'pace'>;

/**
 * Sends a first callback to learn whether the receiver is reachable, whether it acknowledges, what it does, and how fast.
 * @throws {CodedError} RECEIVER_UNREACHABLE, PROBE_UNUSABLE
 */
export async function meetReceiver(
  context: CaseContext,
  settings: ReceiverSettings,
  observers: Observers,
): Promise<FirstContact> {
  const { onActivity, settleMs } = settings;
  const { observations } = observers;
  onActivity({ id: null, doing: 'sending a first callback', atMostMs: 2 * context.subject.ackTimeoutMs });
  // Its result is judged by a case; a receiver may need it before it accepts callbacks.
  if (context.subject.pack.handshake !== null) await context.handshake();
  const first = await sendGood(context);
  // A single failure may be a coincidence.
  const task = isAcknowledged(first.attempt) ? first : await sendGood(context);
  if (!isAcknowledged(task.attempt)) {
    const halt = explainFirstAnswer(settings, task.attempt);
    return { ...NOTHING_SEEN, halt, headlines: [halt.headline] };
  }
  const ackedAt = performance.now();
  const early = await checkProbe(task.taskId, observers);
  const patienceMs =
    settleMs ?? (early?.effects === undefined ? FIRST_DOWNLOAD_MS : FIRST_DOWNLOAD_WITH_PROBE_MS);
  onActivity({ id: null, doing: "waiting for the receiver's first download", atMostMs: patienceMs });
  const requests = () => observations.downloads(task.taskId);
  const isFetching = await observations.until(() => requests().length > 0, patienceMs);
  const firstMs = (requests()[0]?.beganAtMs ?? performance.now()) - ackedAt;
  if (isFetching) {
    // The following files arrive at about the same pace.
    await context.quiet();
    observers.pace.learn(firstMs, Math.max(0, observations.lastAtMs - ackedAt));
    await context.quiet();
  }
  const answer = await askKnown(task.taskId, early, observers);
  const acceptsAnything =
    !isFetching && answer?.effects === undefined && (await acknowledgesAnything(context));
  return {
    halt: null,
    taskId: task.taskId,
    probesEffects: answer?.effects !== undefined,
    acceptsAnything,
    headlines:
      isFetching || answer?.effects !== undefined ? [] : [nothingSeen(context.subject, observations)],
  };
}

const NOTHING_SEEN = { taskId: null, probesEffects: false, acceptsAnything: false } as const;

async function sendGood(context: CaseContext): Promise<{ taskId: string; attempt: AttemptResult }> {
  const task = await context.task();
  return { taskId: task.taskId, attempt: await context.send(task) };
}

function isAcknowledged({ outcome }: AttemptResult): boolean {
  return outcome === 'acknowledged';
}

/** Queries the probe, and throws if it is broken, before verdicts depend on it. */
async function checkProbe(taskId: string, { probe }: Observers): Promise<ProbeAnswer | null> {
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
  observers: Observers,
): Promise<ProbeAnswer | null> {
  if (observers.probe === null || early !== null) return early;
  const untilMs = performance.now() + observers.pace.patienceMs;
  for (;;) {
    const answer = await checkProbe(taskId, observers);
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

async function acknowledgesAnything(context: CaseContext): Promise<boolean> {
  const task = await context.task();
  const attempts = [
    await context.request('GET', {}),
    await context.request('POST', { ...task.headers }, `${task.text.slice(0, -1)},}`),
    await context.request('POST', { ...task.headers, 'content-type': 'text/plain' }, 'hello'),
  ];
  return attempts.every(({ outcome }) => outcome === 'acknowledged');
}

function nothingSeen({ url, hasProbe, nameOption }: Subject, { sawPolls }: Observations): Headline {
  const polled = sawPolls ? ', although it polled the mock' : '';
  return {
    text: `${hideInUrl(url)} acknowledged a success but did not download media${polled}, so the effects of its callbacks cannot be observed.`,
    remedy: hasProbe
      ? 'Include "effects" in the answer of the probe, or let the receiver download the media.'
      : `If the receiver has an allow list of media hosts, add the host of the mock (set by ${nameOption('mediaHost')}). If its work starts later, set ${nameOption('settle')}. Otherwise, set ${nameOption('probe')}.`,
  };
}
