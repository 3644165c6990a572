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
  /** Null when the request named no callback URL. */
  readonly announcement: Announcement | null;
  readonly steps: readonly Step[];
  readonly scenario: Scenario;
  readonly ends: KindRules['ends'];
  readonly lateByMs: number;
}

interface Draft extends Omit<PlannedDelivery, 'id' | 'event' | 'url' | 'after'> {
  /** How many places before it the delivery stands that it waits for; 0 when it waits for none. */
  readonly waitsFor: number;
}

/** The deliveries a course of steps promises, with the scenario's twist on the last one. */
export function promiseCallbacks({ announcement, scenario, ...course }: PromiseInput): PlannedDelivery[] {
  if (announcement === null || scenario.callback === 'never') return [];
  const announced = course.steps.flatMap((step) => announce(step, announcement));
  const drafts = announced.flatMap((draft, index) =>
    index === announced.length - 1 ? twist(draft, scenario, course) : [draft],
  );
  return drafts.map(({ waitsFor, ...draft }, index) => ({
    id: deliveryId(index + 1),
    event: announcement.event,
    url: announcement.url,
    ...draft,
    after: waitsFor === 0 ? null : deliveryId(index + 1 - waitsFor),
  }));
}

/** Every one of these states announced once, by its own name. */
export function announceEach(states: Iterable<string>): Map<string, readonly Signal[]> {
  return new Map([...states].map((state) => [state, [{ name: state, retried: true }]]));
}

/** The first number that none of these deliveries has, nor a later one. */
export function nextDeliveryNumber(deliveries: readonly Pick<PlannedDelivery, 'id'>[]): number {
  return Math.max(0, ...deliveries.map(({ id }) => Number(id.slice(1)))) + 1;
}

export function deliveryId(n: number): DeliveryId {
  return `d${n}` as DeliveryId;
}

/** The callbacks of one state, each after the one before. */
function announce({ state, at }: Step, { signals }: Announcement): Draft[] {
  return (signals.get(state) ?? []).map(({ retried }, index) => ({
    state,
    dueAt: at,
    waitsFor: index === 0 ? 0 : 1,
    flaw: null,
    retries: retried ? null : 0,
  }));
}

function twist(
  good: Draft,
  scenario: Scenario,
  { steps, ends, lateByMs }: Pick<PromiseInput, 'steps' | 'ends' | 'lateByMs'>,
): Draft[] {
  const besideAnother: Draft = { ...good, waitsFor: good.waitsFor === 0 ? 0 : good.waitsFor + 1 };
  switch (scenario.callback) {
    case 'late':
      return [{ ...good, dueAt: good.dueAt + lateByMs }];
    case 'duplicate':
      return [good, { ...good, waitsFor: 1 }];
    case 'concurrent-duplicate':
      return [good, besideAnother];
    case 'lost-ack':
      return [{ ...good, flaw: 'lost-ack' }];
    // A flawed body is sent once; what is retried would have to be the same bytes, and never be taken.
    case 'malformed':
    case 'truncated':
      return [
        { ...good, flaw: scenario.callback, retries: 0 },
        { ...good, waitsFor: 1 },
      ];
    case 'forged':
      return [
        { ...good, state: ends.success, dueAt: middle(steps), waitsFor: 0, flaw: 'forged', retries: 0 },
        besideAnother,
      ];
    default:
      return [good];
  }
}

/** A forger does not wait for the task: halfway is while it still runs. */
export function middle(steps: readonly Step[]): number {
  const from = steps[0]?.at ?? 0;
  const until = steps.at(-1)?.at ?? from;
  return from + Math.floor((until - from) / 2);
}
