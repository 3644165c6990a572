import { lookup } from 'node:dns';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Dispatcher } from 'undici';
import type { Attempt, DeliveryFault } from '../core/types.ts';
import { type AttemptTimer, startAttemptTimer } from './attempt-timer.ts';
import { classifyFailure } from './classify-failure.ts';
import { type Connection, type ConnectOptions, createConnections } from './connections.ts';
import { createEgressGuard } from './egress-guard.ts';
import { UnaskedUpgradeError } from './interim-answers.ts';
import { createLanes } from './origin-queue.ts';
import { shareLookups } from './shared-lookup.ts';

/** One callback to send, with the rules for its response. */
export interface OutgoingCallback {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly ackTimeoutMs: number;
  readonly ackStatus: '200' | '2xx';
  /** `lost-ack` and `truncated` are faults of the transmission itself; the others are already in the body. */
  readonly flaw: DeliveryFault | null;
}

/** The result of a POST: an attempt without its number and times. */
export type AttemptResult = Omit<Attempt, 'n' | 'at' | 'wallAt'>;

/** Builds the callback when its turn comes; null when there is nothing to send. */
export type Prepare = () => OutgoingCallback | null | Promise<OutgoingCallback | null>;

/** Sends every callback, except those that the egress guard blocks. */
export interface Courier {
  /**
   * Waits for a free connection to the receiver, then posts. The wait does not count toward the ack timeout.
   * @returns null when nothing was sent, because `prepare` returned null or the courier was interrupted
   */
  post(url: string, prepare: Prepare): Promise<AttemptResult | null>;
  /** Ends attempts in flight as `interrupted`, and cancels those waiting for a connection. */
  interrupt(): void;
  close(): Promise<void>;
}

export interface CourierOptions {
  /** Allowed hosts, in addition to loopback and private ranges. */
  readonly allow: readonly string[];
  /** The receivers' certificate authority, replacing the well-known ones. */
  readonly ca?: string;
  /** The port on which other machines can submit tasks; null, the default, while they cannot. */
  readonly exposedAt?: () => number | null;
}

/** The number of bytes of a response that are read before the rest is discarded. */
const ANSWER_LIMIT = 64 * 1024;
/** The number of bytes of a response that are kept in the journal. */
const ANSWER_KEPT = 2 * 1024;
/** The number of characters of a Location header that are kept in the journal. */
const LOCATION_SHOWN = 300;
const SWITCHING_PROTOCOLS = 101;
/**
 * The maximum number of POSTs in flight to one origin. More would wait in the receiver's backlog and count against its
 * timeout.
 */
const PER_ORIGIN = 128;

/** Creates the courier that a mock uses by default. */
export function createCourier({ allow, ca, exposedAt = () => null }: CourierOptions): Courier {
  const guard = createEgressGuard({ allow, resolve: shareLookups(lookup), exposedAt });
  const lanes = createLanes(PER_ORIGIN);
  const connectOptions: ConnectOptions = { lookup: guard.lookup, ca };
  const connections = createConnections(connectOptions);
  const inFlight = new Set<AttemptTimer>();
  let interruptions = 0;
  let closed = false;

  async function send(
    url: URL,
    callback: OutgoingCallback,
    connection: Connection | null,
  ): Promise<AttemptResult> {
    const timer = startAttemptTimer(callback.ackTimeoutMs);
    inFlight.add(timer);
    try {
      if (connection === null) return await postHalf(url, callback, timer, connectOptions);
      return await postWhole(url, callback, timer, connection);
    } finally {
      inFlight.delete(timer);
      timer.end();
    }
  }

  async function postInTurn(url: URL, prepare: Prepare): Promise<AttemptResult | null> {
    const round = interruptions;
    const leave = await lanes.enter(url.origin);
    try {
      if (closed || round !== interruptions) return null;
      const callback = await prepare();
      if (callback === null) return null;
      const connection =
        callback.flaw === 'truncated' ? null : await connections.take(url.origin).catch(asFailure);
      if (connection instanceof Error) return { ...NO_RESPONSE, ...classifyFailure(connection) };
      if (round === interruptions) return await send(url, callback, connection);
      await connection?.cut();
      return { ...NO_RESPONSE, ...INTERRUPTED };
    } finally {
      leave();
    }
  }

  function interrupt(): void {
    interruptions += 1;
    for (const timer of inFlight) timer.interrupt();
  }

  return {
    async post(url, prepare) {
      const verdict = guard.checkUrl(url);
      if (verdict.type === 'allowed') return postInTurn(verdict.url, prepare);
      const callback = closed ? null : await prepare();
      return callback && { ...NO_RESPONSE, outcome: 'blocked', detail: `${verdict.rule}: ${verdict.reason}` };
    },
    interrupt,
    async close() {
      closed = true;
      interrupt();
      await connections.close();
    },
  };
}

/** A failure to get a connection is an attempt that failed; it must not end the process. */
function asFailure(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

type Verdict = Pick<AttemptResult, 'outcome' | 'detail'>;

/** The parts of a response received so far. */
interface Seen {
  status: number | null;
  firstByteMs: number | null;
  readonly pieces: Buffer[];
}

async function postWhole(
  url: URL,
  callback: OutgoingCallback,
  timer: AttemptTimer,
  connection: Connection,
): Promise<AttemptResult> {
  const seen: Seen = { status: null, firstByteMs: null, pieces: [] };
  timer.onEarlyEnd(() => void connection.cut());
  try {
    const { statusCode, headers, body } = await connection.request({
      path: url.pathname + url.search,
      method: 'POST',
      headers: callback.headers,
      body: callback.body,
    });
    seen.status = statusCode;
    seen.firstByteMs = timer.elapsedMs();
    if (await readStart(body, seen)) connection.keep();
    else void connection.cut();
    const verdict =
      callback.flaw === 'lost-ack' ? discardAck(statusCode) : judge(statusCode, headers.location, callback);
    return report(seen, timer, verdict);
  } catch (error) {
    void connection.cut();
    if (error instanceof UnaskedUpgradeError) seen.status = SWITCHING_PROTOCOLS;
    return report(seen, timer, explain(error, timer, callback, seen.status));
  }
}

function report({ status, firstByteMs, pieces }: Seen, timer: AttemptTimer, verdict: Verdict): AttemptResult {
  // Decoded from a copy, because a slice would keep the longer string in memory.
  const answer = new TextDecoder().decode(Buffer.concat(pieces), { stream: true });
  return { ...verdict, status, firstByteMs, durationMs: timer.elapsedMs(), answer };
}

/**
 * Reads up to the limit, so that an endless response does not block a connection.
 * @returns whether the response was read to its end
 */
async function readStart(body: Dispatcher.ResponseData['body'], { pieces }: Seen): Promise<boolean> {
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    if (size < ANSWER_KEPT) pieces.push(chunk.subarray(0, ANSWER_KEPT - size));
    size += chunk.length;
    if (size >= ANSWER_LIMIT) return false;
  }
  return true;
}

function judge(
  status: number,
  location: string | string[] | undefined,
  { ackStatus }: OutgoingCallback,
): Verdict {
  if (status === 200 || (ackStatus === '2xx' && status >= 200 && status < 300)) {
    return { outcome: 'acknowledged', detail: null };
  }
  if (status >= 300 && status < 400) {
    const target = location === undefined ? '' : `, Location: ${String(location).slice(0, LOCATION_SHOWN)}`;
    return { outcome: 'redirect', detail: `HTTP ${status}${target}; redirects are not followed` };
  }
  return { outcome: 'rejected', detail: `HTTP ${status}; ${ackStatus} was expected` };
}

/** The receiver has responded, but the attempt is reported as a timeout. */
function discardAck(status: number): Verdict {
  return {
    outcome: 'timeout',
    detail: `the receiver responded with HTTP ${status}, and the response was discarded on purpose`,
  };
}

/** Explains why the response is missing or incomplete: a timeout, an interruption or a broken connection. */
function explain(
  error: unknown,
  timer: AttemptTimer,
  { ackTimeoutMs }: OutgoingCallback,
  status: number | null,
): Verdict {
  if (timer.endedBy === 'interruption') return INTERRUPTED;
  if (error instanceof UnaskedUpgradeError)
    return { outcome: 'rejected', detail: `HTTP 101: ${error.message}` };
  if (timer.endedBy === null) return classifyFailure(error);
  const what = status === null ? 'no response' : `HTTP ${status}, but no complete response`;
  return { outcome: 'timeout', detail: `${what} within ${ackTimeoutMs} ms` };
}

/** Declares the full length, sends half, and closes the connection. */
async function postHalf(
  url: URL,
  callback: OutgoingCallback,
  timer: AttemptTimer,
  connectOptions: ConnectOptions,
): Promise<AttemptResult> {
  const bytes = Buffer.from(callback.body);
  const half = bytes.subarray(0, bytes.length >> 1);
  const ended = (verdict: Verdict): AttemptResult => ({
    ...NO_RESPONSE,
    ...verdict,
    durationMs: timer.elapsedMs(),
  });
  try {
    await sendPart(
      url,
      { ...callback.headers, 'content-length': String(bytes.length) },
      half,
      timer,
      connectOptions,
    );
    return ended({
      outcome: 'reset',
      detail: `cut off on purpose after ${half.length} of ${bytes.length} bytes`,
    });
  } catch (error) {
    return ended(explain(error, timer, callback, null));
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

const NO_RESPONSE = { status: null, firstByteMs: null, durationMs: 0, answer: '' } as const;
const INTERRUPTED = { outcome: 'interrupted', detail: 'the mock was stopped' } as const;
