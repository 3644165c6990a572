import { lookup } from 'node:dns';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Dispatcher } from 'undici';
import type { Attempt, DeliveryFlaw } from '../core/types.ts';
import { classifyFailure } from './classify-failure.ts';
import { type Connection, createConnections, type Way } from './connections.ts';
import { createEgressGuard } from './egress-guard.ts';
import { UnaskedUpgradeError } from './interim-answers.ts';
import { createLanes } from './lanes.ts';
import { shareLookups } from './shared-lookup.ts';
import { startWatch, type Watch } from './watch.ts';

/** One callback to send, with the rules for its answer. */
export interface Parcel {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly ackTimeoutMs: number;
  readonly ackStatus: '200' | '2xx';
  /** `lost-ack` and `truncated` are flaws of the sending itself; the others are in the body already. */
  readonly flaw: DeliveryFlaw | null;
}

/** How the POST went: an attempt without its place in the ledger. */
export type Passage = Omit<Attempt, 'n' | 'at' | 'wallAt'>;

/** Makes a parcel when it is its turn; null when there is nothing to send any more. */
export type Prepare = () => Parcel | null | Promise<Parcel | null>;

/** Sends every callback, except those that the egress guard refuses. */
export interface Courier {
  /**
   * Waits for a free connection to the receiver, then posts. The wait does not count as time of the receiver.
   * @returns null when nothing was sent, because of `prepare` or because of an interruption
   */
  post(url: string, prepare: Prepare): Promise<Passage | null>;
  /** Ends attempts in flight as `interrupted`, and cancels those that wait for a connection. */
  interrupt(): void;
  close(): Promise<void>;
}

export interface CourierOptions {
  /** Hosts beyond loopback and private ranges. */
  readonly allow: readonly string[];
  /** The certificate authority of the receivers, instead of the well-known ones. */
  readonly ca?: string;
  /** The port at which anyone beyond this machine may submit tasks; null, the default, while nobody else can. */
  readonly exposedAt?: () => number | null;
}

/** How much of a receiver's answer is read before the rest is left alone. */
const ANSWER_LIMIT = 64 * 1024;
/** How much of it is kept for the ledger, in bytes. */
const ANSWER_KEPT = 2 * 1024;
/** How much of a Location header is kept for the ledger, in characters. */
const LOCATION_SHOWN = 300;
const SWITCHING_PROTOCOLS = 101;
/** POSTs under way to one origin. More would wait in the receiver's backlog, and that wait would count against it. */
const PER_ORIGIN = 128;

/** Creates the courier that a mock uses unless another one is given. */
export function createCourier({ allow, ca, exposedAt = () => null }: CourierOptions): Courier {
  const guard = createEgressGuard({ allow, resolve: shareLookups(lookup), exposedAt });
  const lanes = createLanes(PER_ORIGIN);
  const way: Way = { lookup: guard.lookup, ca };
  const connections = createConnections(way);
  const underway = new Set<Watch>();
  let interruptions = 0;
  let closed = false;

  async function send(url: URL, parcel: Parcel, connection: Connection | null): Promise<Passage> {
    const watch = startWatch(parcel.ackTimeoutMs);
    underway.add(watch);
    try {
      if (connection === null) return await postHalf(url, parcel, watch, way);
      return await postWhole(url, parcel, watch, connection);
    } finally {
      underway.delete(watch);
      watch.end();
    }
  }

  async function postInTurn(url: URL, prepare: Prepare): Promise<Passage | null> {
    const round = interruptions;
    const leave = await lanes.enter(url.origin);
    try {
      if (closed || round !== interruptions) return null;
      const parcel = await prepare();
      if (parcel === null) return null;
      const connection =
        parcel.flaw === 'truncated' ? null : await connections.take(url.origin).catch(asFailure);
      if (connection instanceof Error) return { ...NOTHING, ...classifyFailure(connection) };
      if (round === interruptions) return await send(url, parcel, connection);
      await connection?.cut();
      return { ...NOTHING, ...INTERRUPTED };
    } finally {
      leave();
    }
  }

  function interrupt(): void {
    interruptions += 1;
    for (const watch of underway) watch.interrupt();
  }

  return {
    async post(url, prepare) {
      const verdict = guard.checkUrl(url);
      if (verdict.type === 'allowed') return postInTurn(verdict.url, prepare);
      const parcel = closed ? null : await prepare();
      return parcel && { ...NOTHING, outcome: 'blocked', detail: `${verdict.rule}: ${verdict.reason}` };
    },
    interrupt,
    async close() {
      closed = true;
      interrupt();
      await connections.close();
    },
  };
}

/** An attempt that has no connection has failed like any other; it must not end the process. */
function asFailure(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

type Verdict = Pick<Passage, 'outcome' | 'detail'>;

/** What has come of an answer so far. */
interface Seen {
  status: number | null;
  firstByteMs: number | null;
  readonly pieces: Buffer[];
}

async function postWhole(url: URL, parcel: Parcel, watch: Watch, connection: Connection): Promise<Passage> {
  const seen: Seen = { status: null, firstByteMs: null, pieces: [] };
  watch.onEarlyEnd(() => void connection.cut());
  try {
    const { statusCode, headers, body } = await connection.request({
      path: url.pathname + url.search,
      method: 'POST',
      headers: parcel.headers,
      body: parcel.body,
    });
    seen.status = statusCode;
    seen.firstByteMs = watch.elapsedMs();
    if (await readStart(body, seen)) connection.keep();
    else void connection.cut();
    const verdict =
      parcel.flaw === 'lost-ack' ? loseAck(statusCode) : judge(statusCode, headers.location, parcel);
    return report(seen, watch, verdict);
  } catch (error) {
    void connection.cut();
    if (error instanceof UnaskedUpgradeError) seen.status = SWITCHING_PROTOCOLS;
    return report(seen, watch, explain(error, watch, parcel, seen.status));
  }
}

function report({ status, firstByteMs, pieces }: Seen, watch: Watch, verdict: Verdict): Passage {
  // Decoded from a copy of its own: a piece cut off a longer string would keep all of it in memory.
  const answer = new TextDecoder().decode(Buffer.concat(pieces), { stream: true });
  return { ...verdict, status, firstByteMs, durationMs: watch.elapsedMs(), answer };
}

/**
 * Reads up to the limit, then lets go of the connection: an endless answer must not keep anybody.
 * @returns whether that was all of it
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

function judge(status: number, location: string | string[] | undefined, { ackStatus }: Parcel): Verdict {
  if (status === 200 || (ackStatus === '2xx' && status >= 200 && status < 300)) {
    return { outcome: 'acknowledged', detail: null };
  }
  if (status >= 300 && status < 400) {
    const target = location === undefined ? '' : `, Location: ${String(location).slice(0, LOCATION_SHOWN)}`;
    return { outcome: 'redirect', detail: `HTTP ${status}${target}; redirects are not followed` };
  }
  return { outcome: 'rejected', detail: `HTTP ${status}; ${ackStatus} was expected` };
}

/** The receiver did its part; the sender never learns of it. */
function loseAck(status: number): Verdict {
  return {
    outcome: 'timeout',
    detail: `the receiver answered HTTP ${status}, and the answer was lost on purpose`,
  };
}

/** Why there is no whole answer: we gave up, we were stopped, or the way broke. */
function explain(error: unknown, watch: Watch, { ackTimeoutMs }: Parcel, status: number | null): Verdict {
  if (watch.endedBy === 'interruption') return INTERRUPTED;
  if (error instanceof UnaskedUpgradeError)
    return { outcome: 'rejected', detail: `HTTP 101: ${error.message}` };
  if (watch.endedBy === null) return classifyFailure(error);
  const what = status === null ? 'no answer' : `HTTP ${status}, but no end of the answer,`;
  return { outcome: 'timeout', detail: `${what} within ${ackTimeoutMs} ms` };
}

/** Announces the whole length, sends half, and breaks off. */
async function postHalf(url: URL, parcel: Parcel, watch: Watch, way: Way): Promise<Passage> {
  const bytes = Buffer.from(parcel.body);
  const half = bytes.subarray(0, bytes.length >> 1);
  const ended = (verdict: Verdict): Passage => ({ ...NOTHING, ...verdict, durationMs: watch.elapsedMs() });
  try {
    await sendPart(url, { ...parcel.headers, 'content-length': String(bytes.length) }, half, watch, way);
    return ended({
      outcome: 'reset',
      detail: `cut off on purpose after ${half.length} of ${bytes.length} bytes`,
    });
  } catch (error) {
    return ended(explain(error, watch, parcel, null));
  }
}

function sendPart(
  url: URL,
  headers: Parcel['headers'],
  part: Buffer,
  watch: Watch,
  { lookup, ca }: Way,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const open = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const outgoing = open(url, { method: 'POST', headers, lookup, ca, agent: false });
    outgoing.on('error', reject);
    watch.onEarlyEnd(() => outgoing.destroy());
    outgoing.write(part, (error) => {
      if (error) return reject(error);
      resolve();
      outgoing.destroy();
    });
  });
}

const NOTHING = { status: null, firstByteMs: null, durationMs: 0, answer: '' } as const;
const INTERRUPTED = { outcome: 'interrupted', detail: 'the mock was stopped' } as const;
