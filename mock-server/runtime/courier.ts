import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Agent, Dispatcher } from 'undici';
import type { Attempt, DeliveryFlaw } from '../core/types.ts';
import { classifyFailure } from './classify-failure.ts';
import { createEgressGuard, type EgressGuard } from './egress-guard.ts';

/** One POST to make. */
export interface Parcel {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly ackTimeoutMs: number;
  readonly ackStatus: '200' | '2xx';
  /** `lost-ack` and `truncated` are flaws of the sending itself; the others are in the body already. */
  readonly flaw: DeliveryFlaw | null;
}

/** How the POST went: an attempt without its place in the ledger. */
export type Passage = Omit<Attempt, 'n' | 'at' | 'wallAt'>;

/** Makes every POST there is, and makes none that the egress guard refuses. */
export interface Courier {
  post(parcel: Parcel): Promise<Passage>;
  /** Breaks off what is under way: those attempts end as `interrupted`. */
  interrupt(): void;
  close(): Promise<void>;
}

export interface CourierOptions {
  /** Hosts beyond loopback and private ranges. */
  readonly allow: readonly string[];
  /** A certificate authority of the receiver's, beside the well-known ones. */
  readonly ca?: string;
}

/** How much of a receiver's answer is read before the rest is left alone. */
const ANSWER_LIMIT = 64 * 1024;
/** How much of it is kept for the ledger. */
const ANSWER_KEPT = 2 * 1024;
/**
 * POSTs under way to one origin. More would wait for the receiver's sockets inside the HTTP client, and that wait
 * would count against the receiver.
 */
const PER_ORIGIN = 128;
/** Shorter than any server keeps an idle connection, so that no POST meets a socket that is just being closed. */
const IDLE_SOCKET_MS = 1000;

export function createCourier(options: CourierOptions): Courier {
  const guard = createEgressGuard({ allow: options.allow });
  const lanes = createLanes(PER_ORIGIN);
  const underway = new Set<AbortController>();
  let closed = false;
  let agent: Promise<Agent> | undefined;

  const openAgent = async (): Promise<Agent> => {
    // The first callback pays for loading the client, not the start.
    const undici = await import('undici');
    return new undici.Agent({
      keepAliveTimeout: IDLE_SOCKET_MS,
      keepAliveMaxTimeout: IDLE_SOCKET_MS,
      connect: { lookup: guard.lookup, timeout: 0, ...(options.ca === undefined ? {} : { ca: options.ca }) },
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  };

  const interrupt = (): void => {
    for (const breaker of underway) breaker.abort();
  };

  return {
    async post(parcel) {
      const verdict = guard.checkUrl(parcel.url);
      if (verdict.type === 'blocked') return refusedByGuard(verdict);
      const { url } = verdict;
      const breaker = new AbortController();
      underway.add(breaker);
      const leave = await lanes.enter(url.origin);
      try {
        if (closed || breaker.signal.aborted) return interrupted(performance.now());
        if (parcel.flaw === 'truncated') return await postHalf(url, parcel, guard);
        agent ??= openAgent();
        return await postWhole(url, parcel, await agent, breaker);
      } finally {
        underway.delete(breaker);
        leave();
      }
    },
    interrupt,
    async close() {
      closed = true;
      interrupt();
      await (await agent)?.destroy();
    },
  };
}

async function postWhole(
  url: URL,
  parcel: Parcel,
  dispatcher: Agent,
  breaker: AbortController,
): Promise<Passage> {
  const startedAt = performance.now();
  const since = (): number => Math.round(performance.now() - startedAt);
  let late = false;
  const giveUp = (): void => {
    late = true;
    breaker.abort();
  };
  const timer = setTimeout(giveUp, parcel.ackTimeoutMs);
  let status: number | null = null;
  let firstByteMs: number | null = null;
  let answer = '';
  try {
    const response = await dispatcher.request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: 'POST',
      headers: parcel.headers,
      body: parcel.body,
      signal: breaker.signal,
    });
    status = response.statusCode;
    firstByteMs = since();
    for await (const piece of readSome(response.body)) answer += piece;
    const shown = { status, firstByteMs, durationMs: since(), answer: answer.slice(0, ANSWER_KEPT) };
    return parcel.flaw === 'lost-ack' ? loseAck(shown) : { ...shown, ...judge(status, parcel.ackStatus) };
  } catch (error) {
    const durationMs = since();
    if (breaker.signal.aborted && !late) return interrupted(startedAt);
    const trouble = late ? tooLate(parcel.ackTimeoutMs, status) : classifyFailure(error);
    return { ...trouble, status, firstByteMs, durationMs, answer: answer.slice(0, ANSWER_KEPT) };
  } finally {
    clearTimeout(timer);
  }
}

type Verdict = Pick<Passage, 'outcome' | 'detail'>;

function judge(status: number, ackStatus: Parcel['ackStatus']): Verdict {
  if (status === 200 || (ackStatus === '2xx' && status >= 200 && status < 300)) {
    return { outcome: 'acknowledged', detail: null };
  }
  if (status >= 300 && status < 400) {
    return { outcome: 'redirect', detail: `HTTP ${status}; redirects are not followed` };
  }
  return { outcome: 'rejected', detail: `HTTP ${status}; ${ackStatus} was expected` };
}

function tooLate(ackTimeoutMs: number, status: number | null): Verdict {
  const what = status === null ? 'no answer' : `HTTP ${status}, but no end of the answer,`;
  return { outcome: 'timeout', detail: `${what} within ${ackTimeoutMs} ms` };
}

/** The receiver did its part; the sender never learns of it. */
function loseAck(passage: Omit<Passage, 'outcome' | 'detail'>): Passage {
  return {
    ...passage,
    outcome: 'timeout',
    detail: `the receiver answered HTTP ${passage.status}, and the answer was lost on purpose`,
  };
}

/** Reads up to the limit, then lets go of the connection: an endless answer must not keep anybody. */
async function* readSome(body: Dispatcher.ResponseData['body']): AsyncGenerator<string> {
  let left = ANSWER_LIMIT;
  const decoder = new TextDecoder();
  for await (const chunk of body as AsyncIterable<Buffer>) {
    yield decoder.decode(chunk.subarray(0, left), { stream: true });
    left -= chunk.length;
    if (left <= 0) return;
  }
}

/** Announces the whole length, sends half, and breaks off. */
function postHalf(url: URL, parcel: Parcel, guard: EgressGuard): Promise<Passage> {
  const startedAt = performance.now();
  const bytes = Buffer.from(parcel.body);
  const half = bytes.subarray(0, bytes.length >> 1);
  const ended = (verdict: Verdict): Passage => ({
    ...verdict,
    status: null,
    firstByteMs: null,
    durationMs: Math.round(performance.now() - startedAt),
    answer: '',
  });
  return new Promise((resolve) => {
    const open = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const outgoing = open(url, {
      method: 'POST',
      headers: { ...parcel.headers, 'content-length': bytes.length },
      lookup: guard.lookup,
      agent: false,
      timeout: parcel.ackTimeoutMs,
    });
    outgoing.on('error', (error) => resolve(ended(classifyFailure(error))));
    outgoing.on('timeout', () => outgoing.destroy());
    outgoing.write(half, () => {
      resolve(
        ended({
          outcome: 'reset',
          detail: `cut off on purpose after ${half.length} of ${bytes.length} bytes`,
        }),
      );
      outgoing.destroy();
    });
  });
}

function refusedByGuard({ rule, reason }: { rule: string; reason: string }): Passage {
  return { ...NOTHING, outcome: 'blocked', detail: `${rule}: ${reason}` };
}

function interrupted(startedAt: number): Passage {
  const durationMs = Math.round(performance.now() - startedAt);
  return { ...NOTHING, durationMs, outcome: 'interrupted', detail: 'the mock was stopped' };
}

const NOTHING = { status: null, firstByteMs: null, durationMs: 0, answer: '' } as const;

interface Lanes {
  /** Resolves when there is room; the caller leaves by calling what it got. */
  enter(origin: string): Promise<() => void>;
}

function createLanes(width: number): Lanes {
  const lanes = new Map<string, { busy: number; waiting: (() => void)[] }>();
  return {
    async enter(origin) {
      const lane = lanes.get(origin) ?? { busy: 0, waiting: [] };
      lanes.set(origin, lane);
      if (lane.busy >= width) await new Promise<void>((resolve) => lane.waiting.push(resolve));
      else lane.busy += 1;
      return () => {
        const next = lane.waiting.shift();
        // Whoever waited takes over the place, so `busy` stays as it is.
        if (next !== undefined) return next();
        lane.busy -= 1;
        if (lane.busy === 0) lanes.delete(origin);
      };
    },
  };
}
