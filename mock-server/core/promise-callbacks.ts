import type {
  Announcement,
  DeliveryId,
  KindRules,
  PlannedDelivery,
  Scenario,
  Signal,
  Step,
} from './types.ts';

export interface PromiseInput {
  /** Null if the request has no callback URL. */
  readonly announcement: Announcement | null;
  readonly steps: readonly Step[];
  readonly scenario: Scenario;
  readonly ends: KindRules['ends'];
  readonly lateByMs: number;
}

type Announced = Omit<PromiseInput, 'announcement' | 'scenario'>;

interface Draft extends Omit<PlannedDelivery, 'id' | 'event' | 'url' | 'after' | 'kind' | 'endpoint'> {
  /** Distance back to the delivery that must be settled first: 1 for the previous delivery, 0 for none. */
  readonly waitsFor: number;
}

/** Returns the deliveries that the steps promise, with the scenario's callback fault applied to the last one. */
export function promiseCallbacks({ announcement, scenario, ...course }: PromiseInput): PlannedDelivery[] {
  if (announcement === null || scenario.callback === 'never') return [];
  const { others, handshakes } = announcement;
  if (others === undefined && handshakes === undefined) return promiseOne(announcement, scenario, course, []);
  const promised = (handshakes ?? []).map((url, index) => handshakeWith(url, announcement, course, index));
  for (const one of [announcement, ...(others ?? [])]) {
    promised.push(...promiseOne(one, scenario, course, promised));
  }
  return promised;
}

function handshakeWith(
  url: string,
  { event }: Announcement,
  { steps }: Announced,
  index: number,
): PlannedDelivery {
  const { state = '', at: dueAt = 0 } = steps[0] ?? {};
  const id = deliveryId(index + 1);
  return { id, event, url, state, dueAt, flaw: null, retries: 0, after: null, kind: 'handshake' };
}

/** @param before the deliveries that are promised already */
function promiseOne(
  announcement: Announcement,
  scenario: Scenario,
  course: Announced,
  before: readonly PlannedDelivery[],
): PlannedDelivery[] {
  const announced = course.steps.flatMap((step) => announce(step, announcement));
  const drafts = announced.flatMap((draft, index) =>
    index === announced.length - 1 ? applyFault(draft, scenario, course) : [draft],
  );
  const taken = before.length;
  const handshake = handshakeOf(before, announcement.url);
  // Spelled out, because rest and spread take several times as long, and this runs on every submission.
  return drafts.map(({ state, dueAt, waitsFor, flaw, retries }, index) => ({
    id: deliveryId(taken + index + 1),
    event: announcement.event,
    url: announcement.url,
    state,
    dueAt,
    flaw,
    retries,
    after: waitsFor === 0 ? handshake : deliveryId(taken + index + 1 - waitsFor),
  }));
}

/** Returns the handshake that callbacks to a URL wait for; null when it has none. */
export function handshakeOf(deliveries: readonly PlannedDelivery[], url: string): DeliveryId | null {
  return deliveries.find((one) => one.kind === 'handshake' && one.url === url)?.id ?? null;
}

/** Returns one signal for each state, with the same name as the state. */
export function announceEach(states: Iterable<string>): Map<string, readonly Signal[]> {
  return new Map([...states].map((state) => [state, [{ name: state, retried: true }]]));
}

/** Returns a number greater than those of all these deliveries. */
export function nextDeliveryNumber(deliveries: readonly Pick<PlannedDelivery, 'id'>[]): number {
  return Math.max(0, ...deliveries.map(({ id }) => Number(id.slice(1)))) + 1;
}

export function deliveryId(n: number): DeliveryId {
  return `d${n}` as DeliveryId;
}

/** Returns the callbacks of one state, each of which waits for the previous one. */
function announce({ state, at }: Step, { signals }: Announcement): Draft[] {
  return (signals.get(state) ?? []).map(({ retried }, index) => ({
    state,
    dueAt: at,
    waitsFor: index === 0 ? 0 : 1,
    flaw: null,
    retries: retried ? null : 0,
  }));
}

function applyFault(good: Draft, scenario: Scenario, { steps, ends, lateByMs }: Announced): Draft[] {
  const parallel: Draft = { ...good, waitsFor: good.waitsFor === 0 ? 0 : good.waitsFor + 1 };
  switch (scenario.callback) {
    case 'late':
      return [{ ...good, dueAt: good.dueAt + lateByMs }];
    case 'duplicate':
      return [good, { ...good, waitsFor: 1 }];
    case 'concurrent-duplicate':
      return [good, parallel];
    case 'lost-ack':
      return [{ ...good, flaw: 'lost-ack' }];
    // An invalid body is sent once: a retry would send the same bytes, which the receiver must never accept.
    case 'malformed':
    case 'truncated':
      return [
        { ...good, flaw: scenario.callback, retries: 0 },
        { ...good, waitsFor: 1 },
      ];
    case 'forged':
      return [
        { ...good, state: ends.success, dueAt: middle(steps), waitsFor: 0, flaw: 'forged', retries: 0 },
        parallel,
      ];
    default:
      return [good];
  }
}

/** Returns the moment halfway through the steps: forged callbacks arrive while the task is still running. */
export function middle(steps: readonly Step[]): number {
  const from = steps[0]?.at ?? 0;
  const until = steps.at(-1)?.at ?? from;
  return from + Math.floor((until - from) / 2);
}
