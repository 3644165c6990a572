import type { AttemptResult, Courier } from '../../mock-server/index.ts';
import { composeHandshake, isInWindows } from '../../mock-server/internal.ts';
import { brokenRequest } from './broken-request.ts';
import type { CaseTasks } from './case-tasks.ts';
import type { CaseTimeline } from './case-timeline.ts';
import type { OpenRequest } from './guarded-request.ts';
import type { Message } from './message.ts';
import { plainRequest } from './plain-request.ts';
import type { CaseContext } from './receiver-case.ts';
import { sendTogether } from './send-together.ts';
import type { Subject } from './subject.ts';

/** Called with each attempt that ended. @param isPlain whether it was an unchanged success and the only attempt in flight */
export type OnAttempt = (attempt: AttemptResult, isPlain: boolean) => void;

/** Options of `createCaseSender`. */
export interface CaseSenderOptions {
  readonly subject: Subject;
  readonly courier: Courier;
  readonly request: OpenRequest;
  /** Headers added to each request. */
  readonly headers: Readonly<Record<string, string>>;
  readonly tasks: CaseTasks;
  readonly timeline: CaseTimeline;
  readonly onAttempt: OnAttempt;
}

/** Sends the requests of a case, and records them in its timeline. */
export interface CaseSender
  extends Pick<CaseContext, 'send' | 'sendAndLeave' | 'sendTogether' | 'handshake' | 'request'> {
  /** Sends a callback that is not part of the case. */
  sendAdditional(message: Message): Promise<AttemptResult>;
}

/** Creates a sender for one run of a case. */
export function createCaseSender(options: CaseSenderOptions): CaseSender {
  const { subject, request, tasks, timeline } = options;
  const timeoutMs = subject.ackTimeoutMs;
  let attemptCount = 0;
  let inFlight = 0;
  const withHeaders = (message: Message): Message => ({
    ...message,
    headers: { ...message.headers, ...options.headers },
  });
  const targetOf = ({ url }: Message): string => url ?? subject.url;

  function ended(text: string, message: Message, attempt: AttemptResult): void {
    const isAcknowledged = attempt.outcome === 'acknowledged';
    timeline.attempt(text, attempt, !isAcknowledged);
    if (isAcknowledged) tasks.acknowledged(message);
  }

  /** Returns the name of the next callback of the case; additional callbacks are not counted. */
  function nextCallback(): string {
    attemptCount += 1;
    return `callback ${attemptCount}`;
  }

  async function post(message: Message, label: string): Promise<AttemptResult> {
    const attempt = await postBy(options, targetOf(message), withHeaders(message));
    ended(label, message, attempt);
    return attempt;
  }

  return {
    sendAdditional: (message) => post(message, 'additional callback'),
    async send(message) {
      inFlight += 1;
      const isCrowded = inFlight > 1;
      const attempt = await post(message, nextCallback()).finally(() => {
        inFlight -= 1;
      });
      options.onAttempt(attempt, !isCrowded && tasks.isPlain(message));
      return attempt;
    },
    async sendAndLeave(message, after) {
      const name = nextCallback();
      const beganAt = performance.now();
      await brokenRequest(request, targetOf(message), withHeaders(message), { after, timeoutMs });
      const text = `${name} → the sender disconnected before it read the answer`;
      timeline.record({ kind: 'attempt', text, durationMs: performance.now() - beganAt, isBad: false });
      tasks.sentUnread(message);
    },
    async sendTogether(message, copies) {
      const together = await sendTogether(request, targetOf(message), withHeaders(message), {
        copies,
        timeoutMs,
        isAck: (status, answer) => isAck(subject, status, answer),
      });
      for (const attempt of together.attempts) {
        ended(nextCallback(), message, attempt);
        options.onAttempt(attempt, false);
      }
      return together;
    },
    async handshake() {
      const attempt = await shakeHands(options);
      timeline.attempt('handshake', attempt, attempt.outcome !== 'acknowledged');
      return attempt;
    },
    async request(method, headers, body) {
      const all = { ...headers, ...options.headers };
      const attempt = await plainRequest(request, subject.url, { method, headers: all, body, timeoutMs });
      // Without its content type, the request would look like a callback.
      const type = headers['content-type'];
      timeline.attempt(type === undefined ? method : `${method} with ${type}`, attempt, false);
      return attempt;
    },
  };
}

function isAck({ event: { delivery } }: Subject, status: number, answer: string): boolean {
  if (delivery.ackBody !== null && answer !== delivery.ackBody) return false;
  return isInWindows(acceptedOf(delivery.ackStatus), status);
}

/** The verdict distinguishes valid statuses that the vendor does not document. */
function acceptedOf(ackStatus: string): string {
  return `2xx, ${ackStatus}`;
}

/** Each handshake has its own challenge. */
let handshakes = 0;

async function shakeHands({ courier, subject, headers }: CaseSenderOptions): Promise<AttemptResult> {
  const { handshake, delivery } = subject.pack;
  if (handshake === null) throw new Error('The vendor has no handshake.');
  handshakes += 1;
  const composed = composeHandshake(handshake, `${subject.url} ${handshakes}`);
  const attempt = await courier.post(subject.url, () => ({
    ...composed,
    headers: { 'content-type': 'application/json', ...headers },
    ackTimeoutMs: handshake.withinMs,
    ackStatus: delivery.ackStatus,
    flaw: null,
  }));
  if (attempt === null) throw new Error('The judge was stopped.');
  return attempt;
}

async function postBy(
  { courier, subject: { ackTimeoutMs, event } }: CaseSenderOptions,
  url: string,
  { headers, text: body }: Message,
): Promise<AttemptResult> {
  const attempt = await courier.post(url, () => ({
    headers,
    body,
    ackTimeoutMs,
    ackStatus: acceptedOf(event.delivery.ackStatus),
    ackBody: event.delivery.ackBody,
    flaw: null,
  }));
  if (attempt === null) throw new Error('The judge was stopped.');
  return attempt;
}
