import { lookup } from 'node:dns';
import { type AttemptTimer, createAttemptTimers } from './attempt-timer.ts';
import type { Connection, ConnectOptions } from './connection.ts';
import { createConnections } from './connections.ts';
import { type AllowedUrl, createEgressGuard, type Refusal } from './egress-guard.ts';
import { createOriginQueue } from './origin-queue.ts';
import {
  type AttemptResult,
  blocked,
  failed,
  interrupted,
  type OutgoingCallback,
  postCallback,
  postHalf,
} from './post-callback.ts';
import { shareLookups } from './shared-lookup.ts';

/** Makes the callback when it is its turn; null when there is no longer anything to send. */
export type Prepare = () => OutgoingCallback | null | Promise<OutgoingCallback | null>;

/** Sends every callback, except those that the egress guard refuses. */
export interface Courier {
  /**
   * Waits for its turn at the receiver, then posts. The wait does not count as time of the receiver.
   * @returns null when nothing was sent, because of `prepare` or because of an interruption
   */
  post(url: string, prepare: Prepare): Promise<AttemptResult | null>;
  /** Ends attempts in flight as `interrupted`, and cancels those that wait for their turn. */
  interrupt(): void;
  close(): Promise<void>;
}

export interface CourierOptions {
  /** Hosts in addition to loopback and private ranges. */
  readonly allow: readonly string[];
  /** The certificate authority of the receivers, instead of the well-known ones. */
  readonly ca?: string;
  /** The port at which other machines can submit tasks; null, the default, while they cannot. */
  readonly exposedAt?: () => number | null;
}

/** POSTs in flight to one origin. More would wait in the receiver's backlog, and that wait would count against it. */
const PER_ORIGIN = 128;

/** Creates the courier that a mock uses unless another one is given. */
export function createCourier({ allow, ca, exposedAt = () => null }: CourierOptions): Courier {
  const guard = createEgressGuard({ allow, resolve: shareLookups(lookup), exposedAt });
  const queue = createOriginQueue(PER_ORIGIN);
  const connect: ConnectOptions = { lookup: guard.lookup, ca };
  const connections = createConnections(connect);
  const timers = createAttemptTimers();
  let interruptions = 0;
  let closed = false;

  function send(target: AllowedUrl, outgoing: OutgoingCallback, timer: AttemptTimer): Promise<AttemptResult> {
    if (outgoing.flaw === 'truncated') return postHalf(target.url, outgoing, timer, connect);
    const connection = take(target.origin);
    return connection instanceof Error
      ? Promise.resolve(failed(connection))
      : postCallback(target.path, outgoing, timer, connection);
  }

  /** An attempt without a connection fails like any other; it must not end the process. */
  function take(origin: string): Connection | Error {
    try {
      return connections.take(origin);
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  /** The only asynchronous function of a callback here: each one more costs memory while it waits. */
  async function postInTurn(target: AllowedUrl, prepare: Prepare): Promise<AttemptResult | null> {
    const { origin } = target;
    const round = interruptions;
    const turn = queue.enter(origin);
    if (turn !== null) await turn;
    let timer: AttemptTimer | undefined;
    try {
      if (closed || round !== interruptions) return null;
      const prepared = prepare();
      const outgoing = prepared instanceof Promise ? await prepared : prepared;
      if (outgoing === null) return null;
      if (round !== interruptions) return interrupted();
      timer = timers.start(outgoing.ackTimeoutMs);
      return await send(target, outgoing, timer);
    } finally {
      timer?.end();
      queue.leave(origin);
    }
  }

  async function report(refusal: Refusal, prepare: Prepare): Promise<AttemptResult | null> {
    const outgoing = closed ? null : await prepare();
    return outgoing && blocked(`${refusal.rule}: ${refusal.reason}`);
  }

  function interrupt(): void {
    interruptions += 1;
    timers.interrupt();
  }

  return {
    post(url, prepare) {
      const verdict = guard.checkUrl(url);
      return verdict.type === 'allowed' ? postInTurn(verdict, prepare) : report(verdict, prepare);
    },
    interrupt,
    async close() {
      closed = true;
      interrupt();
      await connections.close();
    },
  };
}
