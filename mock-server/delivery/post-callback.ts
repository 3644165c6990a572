import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isDeepStrictEqual } from 'node:util';
import type { Dispatcher } from 'undici';
import { isInWindows } from '../core/ack-status.ts';
import type { AckStatus, Attempt, DeliveryFault } from '../core/types.ts';
import type { AttemptTimer } from './attempt-timer.ts';
import { classifyFailure } from './classify-failure.ts';
import type { Connection, ConnectOptions } from './connection.ts';
import { UnaskedUpgradeError } from './interim-answers.ts';

/** One callback to send, with the rules for its answer. */
export interface OutgoingCallback {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly ackTimeoutMs: number;
  readonly ackStatus: AckStatus;
  /** The exact body that an acknowledgement must have; null or absent for any. */
  readonly ackBody?: string | null;
  /** JSON whose fields the body of an acknowledgement must have; null or absent when it need not have any. */
  readonly ackFields?: string | null;
  /** `lost-ack` and `truncated` concern the sending itself; the others are in the body already. */
  readonly flaw: DeliveryFault | null;
}

/** The result of a POST: an attempt without its place in the ledger. */
export type AttemptResult = Omit<Attempt, 'n' | 'at' | 'wallAt'>;

/** Bytes of a receiver's answer that are read; the connection is cut after them. */
const ANSWER_LIMIT = 64 * 1024;
/** Bytes of it that the ledger keeps. */
const ANSWER_KEPT = 2 * 1024;
/** Characters of a Location header that the ledger keeps. */
const LOCATION_SHOWN = 300;
const SWITCHING_PROTOCOLS = 101;

const NOTHING = { status: null, firstByteMs: null, durationMs: 0, answer: '' } as const;

type Verdict = Pick<AttemptResult, 'outcome' | 'detail'>;

const INTERRUPTED: Verdict = { outcome: 'interrupted', detail: 'the mock was stopped' };

export function interrupted(): AttemptResult {
  return { ...NOTHING, ...INTERRUPTED };
}

export function blocked(detail: string): AttemptResult {
  return { ...NOTHING, outcome: 'blocked', detail };
}

export function failed(error: unknown): AttemptResult {
  return { ...NOTHING, ...classifyFailure(error) };
}

/** Sends a callback and judges its answer. Never rejects. */
export function postCallback(
  path: string,
  outgoing: OutgoingCallback,
  timer: AttemptTimer,
  connection: Connection,
): Promise<AttemptResult> {
  return new Promise((resolve) => {
    const answer = new AnswerHandler(outgoing, timer, connection, resolve);
    timer.onEarlyEnd(() => void connection.cut());
    const { headers, body } = outgoing;
    connection.dispatch({ path, method: 'POST', headers, body }, answer);
  });
}

/** Collects the start of an answer. A handler in place of a stream: a callback costs a third less processor time. */
class AnswerHandler implements Dispatcher.DispatchHandler {
  readonly #outgoing: OutgoingCallback;
  readonly #timer: AttemptTimer;
  readonly #connection: Connection;
  readonly #resolve: (result: AttemptResult) => void;
  readonly #pieces: Buffer[] = [];
  #size = 0;
  #status: number | null = null;
  #location: string | undefined;
  #firstByteMs: number | null = null;
  #isReported = false;

  constructor(
    outgoing: OutgoingCallback,
    timer: AttemptTimer,
    connection: Connection,
    resolve: (result: AttemptResult) => void,
  ) {
    this.#outgoing = outgoing;
    this.#timer = timer;
    this.#connection = connection;
    this.#resolve = resolve;
  }

  onRequestStart(): void {}

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    this.#status = status;
    this.#location = headers.location?.toString();
    this.#firstByteMs = this.#timer.elapsedMs();
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#isReported) return;
    if (this.#size < ANSWER_KEPT) this.#pieces.push(chunk.subarray(0, ANSWER_KEPT - this.#size));
    this.#size += chunk.length;
    // An endless answer must not occupy the connection.
    if (this.#size < ANSWER_LIMIT) return;
    this.#report(this.#verdict());
    void this.#connection.cut();
  }

  onResponseEnd(): void {
    if (this.#isReported) return;
    this.#connection.keep();
    this.#report(this.#verdict());
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#isReported) return;
    void this.#connection.cut();
    if (error instanceof UnaskedUpgradeError) this.#status = SWITCHING_PROTOCOLS;
    this.#report(explain(error, this.#timer, this.#outgoing, this.#status));
  }

  #verdict(): Verdict {
    const status = this.#status ?? 0;
    return this.#outgoing.flaw === 'lost-ack'
      ? discardAck(status)
      : judge({ status, location: this.#location, body: this.#body() }, this.#outgoing);
  }

  #body(): string {
    return decodeStart(this.#pieces, this.#size);
  }

  #report({ outcome, detail }: Verdict): void {
    this.#isReported = true;
    this.#resolve({
      outcome,
      status: this.#status,
      firstByteMs: this.#firstByteMs,
      durationMs: this.#timer.elapsedMs(),
      answer: this.#body(),
      detail,
    });
  }
}

/** Decodes a copy: a piece of a longer buffer would keep all of it in memory. */
function decodeStart(pieces: readonly Buffer[], size: number): string {
  const [first] = pieces;
  if (first === undefined) return '';
  if (pieces.length === 1 && size <= ANSWER_KEPT) return first.toString();
  // Without a character that was cut in two.
  return new TextDecoder().decode(Buffer.concat(pieces), { stream: true });
}

interface GivenAnswer {
  readonly status: number;
  readonly location: string | undefined;
  readonly body: string;
}

/** Characters of an unexpected body that the ledger keeps. */
const BODY_SHOWN = 100;

function judge({ status, location, body }: GivenAnswer, rules: OutgoingCallback): Verdict {
  const { ackStatus } = rules;
  if (isInWindows(ackStatus, status)) {
    const expected = missingBody(body, rules);
    if (expected === null) return { outcome: 'acknowledged', detail: null };
    const given = JSON.stringify(body.slice(0, BODY_SHOWN));
    return { outcome: 'rejected', detail: `HTTP ${status} with the body ${given}; ${expected} was expected` };
  }
  if (status >= 300 && status < 400) {
    const target = location === undefined ? '' : `, Location: ${location.slice(0, LOCATION_SHOWN)}`;
    return { outcome: 'redirect', detail: `HTTP ${status}${target}; redirects are not followed` };
  }
  return { outcome: 'rejected', detail: `HTTP ${status}; ${ackStatus} was expected` };
}

/** Returns a description of the body that an acknowledgement lacks; null when it lacks nothing. */
function missingBody(body: string, { ackBody = null, ackFields = null }: OutgoingCallback): string | null {
  if (ackBody !== null && body !== ackBody) return `the body ${JSON.stringify(ackBody)}`;
  return ackFields === null || hasFields(body, ackFields) ? null : `a body with ${ackFields}`;
}

function hasFields(body: string, expected: string): boolean {
  try {
    const given: unknown = JSON.parse(body);
    const fields = Object.entries(JSON.parse(expected) as Record<string, unknown>);
    return fields.every(([name, value]) =>
      isDeepStrictEqual((Object(given) as Record<string, unknown>)[name], value),
    );
  } catch {
    return false;
  }
}

/** The receiver has responded, but the attempt is reported as a timeout. */
function discardAck(status: number): Verdict {
  return {
    outcome: 'timeout',
    detail: `the receiver responded with HTTP ${status}, and the response was discarded on purpose`,
  };
}

/** The verdict about an incomplete answer: time ran out, the mock stopped, or the connection failed. */
function explain(
  error: unknown,
  { endedBy }: AttemptTimer,
  { ackTimeoutMs, ackStatus }: OutgoingCallback,
  status: number | null,
): Verdict {
  if (endedBy === 'interruption') return INTERRUPTED;
  if (error instanceof UnaskedUpgradeError && isInWindows(ackStatus, SWITCHING_PROTOCOLS))
    return { outcome: 'acknowledged', detail: null };
  if (error instanceof UnaskedUpgradeError)
    return { outcome: 'rejected', detail: `HTTP 101: ${error.message}` };
  if (endedBy === null) return classifyFailure(error);
  const what = status === null ? 'no response' : `HTTP ${status}, but no complete response`;
  return { outcome: 'timeout', detail: `${what} within ${ackTimeoutMs} ms` };
}

/** Announces the whole length, sends half of the body, and closes the connection. */
export async function postHalf(
  url: URL,
  outgoing: OutgoingCallback,
  timer: AttemptTimer,
  route: ConnectOptions,
): Promise<AttemptResult> {
  const bytes = Buffer.from(outgoing.body);
  const half = bytes.subarray(0, bytes.length >> 1);
  const ended = (verdict: Verdict): AttemptResult => ({
    ...NOTHING,
    ...verdict,
    durationMs: timer.elapsedMs(),
  });
  try {
    await sendPart(url, { ...outgoing.headers, 'content-length': String(bytes.length) }, half, timer, route);
    return ended({
      outcome: 'reset',
      detail: `cut off on purpose after ${half.length} of ${bytes.length} bytes`,
    });
  } catch (error) {
    return ended(explain(error, timer, outgoing, null));
  }
}

function sendPart(
  url: URL,
  headers: OutgoingCallback['headers'],
  part: Buffer,
  timer: AttemptTimer,
  { lookup, ca }: ConnectOptions,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const open = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const outgoing = open(url, { method: 'POST', headers, lookup, ca, agent: false });
    outgoing.on('error', reject);
    timer.onEarlyEnd(() => outgoing.destroy());
    outgoing.write(part, (error) => {
      if (error) return reject(error);
      resolve();
      outgoing.destroy();
    });
  });
}
