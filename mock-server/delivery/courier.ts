import { lookup } from 'node:dns';
import { createAttemptTimers } from './attempt-timer.ts';
import type { Connection, ConnectOptions } from './connection.ts';
import { createConnections } from './connections.ts';
import { createEgressGuard, type Target } from './egress-guard.ts';
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

  async function send(target: Target, parcel: OutgoingCallback): Promise<AttemptResult> {
    const timer = timers.start(parcel.ackTimeoutMs);
    try {
      if (parcel.flaw === 'truncated') return await postHalf(target.url, parcel, timer, connect);
      const connection = take(target.origin);
      return connection instanceof Error
        ? failed(connection)
        : await postCallback(target.path, parcel, timer, connection);
    } finally {
      timer.end();
    }
  }

  /** An attempt without a connection fails like any other; it must not end the process. */
  function take(origin: string): Connection | Error {
    try {
      return connections.take(origin);
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  async function postInTurn(target: Target, prepare: Prepare): Promise<AttemptResult | null> {
    const { origin } = target;
    const round = interruptions;
    const turn = queue.enter(origin);
    if (turn !== null) await turn;
    try {
      if (closed || round !== interruptions) return null;
      const prepared = prepare();
      const parcel = prepared instanceof Promise ? await prepared : prepared;
      if (parcel === null) return null;
      return round === interruptions ? await send(target, parcel) : interrupted();
    } finally {
      queue.leave(origin);
    }
  }

  function interrupt(): void {
    interruptions += 1;
    timers.interrupt();
  }

  return {
    async post(url, prepare) {
      const verdict = guard.checkUrl(url);
      if (verdict.type === 'allowed') return postInTurn(verdict, prepare);
      const parcel = closed ? null : await prepare();
      return parcel && blocked(`${verdict.rule}: ${verdict.reason}`);
    },
    interrupt,
    async close() {
      closed = true;
      interrupt();
      await connections.close();
    },
  };
}
