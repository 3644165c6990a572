import type { Courier } from '../mock-server/delivery/courier.ts';
import {
  type AttemptResult,
  interrupted,
  type OutgoingCallback,
} from '../mock-server/delivery/post-callback.ts';
import type { AttemptKey } from '../mock-server/engine/commands.ts';
import type { Chance } from './chance.ts';
import type { Host } from './host.ts';
import type { AttemptRules } from './invariants/attempt-rules.ts';
import type { Report } from './invariants/violation.ts';
import type { Schedule } from './schedule.ts';

/** The receivers of all callbacks: they acknowledge, reject, hang, and break connections. */
export interface Receivers {
  /** @param begun returns the attempt that the replica has just asked to begin */
  courierFor(host: Host, begun: () => AttemptKey | null): Courier;
  /** The number of POSTs that arrived. */
  readonly posts: number;
  /** All tasks are gone, and their ids may be given again. */
  reset(): void;
  /** From now on, all receivers acknowledge. */
  heal(): void;
}

export interface ReceiversOptions {
  readonly schedule: Schedule;
  readonly chance: Chance;
  readonly report: Report;
  readonly attempts: () => Pick<AttemptRules, 'started'>;
}

const NOTHING = { status: null, firstByteMs: null, durationMs: 0, answer: '' } as const;
const HOP_MS = 3;

export function createReceivers({ schedule, chance, report, attempts }: ReceiversOptions): Receivers {
  const arrived = new Map<string, number>();
  /** The replicas that know of an acknowledgement, by delivery. */
  const acknowledged = new Map<string, Host>();
  let posts = 0;
  let resets = 0;
  let isHealed = false;

  function arrive(url: string, delivery: string): void {
    posts += 1;
    const count = (arrived.get(url) ?? 0) + 1;
    arrived.set(url, count);
    if (count > attempts().started(url)) report('policy', `${count} POSTs to ${url} have fewer entries`);
    const known = acknowledged.get(delivery);
    // A replica that is disturbed after the acknowledgement may not be able to record it: a marked repeat.
    if (known?.wasDisturbed === false)
      report('acknowledged', `${delivery} arrived again after its acknowledgement was known`);
  }

  function answerOf(): { readonly result: AttemptResult; readonly afterMs: number } | null {
    const luck = isHealed ? 1 : chance.next();
    if (luck < 0.05) return null;
    const afterMs = chance.delay(200, 4_000);
    const durationMs = Math.round(afterMs);
    if (luck < 0.2) {
      const detail = 'HTTP 500; 200 was expected';
      const result = { outcome: 'rejected', status: 500, firstByteMs: durationMs, durationMs } as const;
      return { afterMs, result: { ...result, answer: 'no', detail } };
    }
    if (luck < 0.25) return { afterMs, result: { ...NOTHING, outcome: 'reset', detail: 'connection reset' } };
    const result = { outcome: 'acknowledged', status: 200, firstByteMs: durationMs, durationMs } as const;
    return { afterMs, result: { ...result, answer: '', detail: null } };
  }

  function post(host: Host, url: string, outgoing: OutgoingCallback, key: AttemptKey, open: OpenPosts) {
    const delivery = `${resets} ${key.taskId} ${key.deliveryId}`;
    return new Promise<AttemptResult>((resolve) => {
      const end = (result: AttemptResult): void => {
        if (!open.delete(end)) return;
        if (result.outcome === 'acknowledged') acknowledged.set(delivery, host);
        resolve(result);
      };
      open.add(end);
      schedule.after(HOP_MS, () => {
        arrive(url, delivery);
        const answer = answerOf();
        if (answer !== null) host.after(answer.afterMs + HOP_MS, () => end(judged(answer.result, outgoing)));
      });
      host.after(outgoing.ackTimeoutMs, () => end(timedOut(outgoing)));
    });
  }

  return {
    courierFor(host, begun) {
      const open: OpenPosts = new Set();
      return {
        async post(url, prepare) {
          const preparing = prepare();
          const key = begun();
          const outgoing = await preparing;
          return outgoing === null || key === null ? null : post(host, url, outgoing, key, open);
        },
        interrupt() {
          for (const end of [...open]) end(interrupted());
        },
        close: async () => undefined,
      };
    },
    get posts() {
      return posts;
    },
    reset() {
      resets += 1;
    },
    heal() {
      isHealed = true;
    },
  };
}

type OpenPosts = Set<(result: AttemptResult) => void>;

function judged(result: AttemptResult, { flaw }: OutgoingCallback): AttemptResult {
  if (result.outcome !== 'acknowledged') return result;
  if (flaw === 'lost-ack') return { ...result, outcome: 'timeout', detail: 'discarded on purpose' };
  if (flaw === 'truncated') return { ...NOTHING, outcome: 'reset', detail: 'cut off on purpose' };
  return result;
}

function timedOut({ ackTimeoutMs }: OutgoingCallback): AttemptResult {
  const detail = `no response within ${ackTimeoutMs} ms`;
  return { ...NOTHING, outcome: 'timeout', durationMs: ackTimeoutMs, detail };
}
