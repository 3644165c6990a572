import type { Announcement, DeliveryId, KindRules, PlannedDelivery, Scenario, Step } from './types.ts';

export interface PromiseInput {
  /** Null when the request named no callback URL. */
  readonly announcement: Announcement | null;
  readonly steps: readonly Step[];
  readonly scenario: Scenario;
  readonly ends: KindRules['ends'];
  readonly lateByMs: number;
}

type Draft = Omit<PlannedDelivery, 'id' | 'event' | 'url' | 'after'> & { readonly afterPrevious: boolean };

/** The deliveries a course of steps promises, with the scenario's twist on the last one. */
export function promiseCallbacks({ announcement, scenario, ...course }: PromiseInput): PlannedDelivery[] {
  if (announcement === null || scenario.callback === 'never') return [];
  const announced = course.steps.filter((step) => announcement.states.has(step.state));
  const drafts = announced.flatMap((step, index) =>
    index === announced.length - 1 ? twist(step, scenario, course) : [plain(step.state, step.at)],
  );
  return drafts.map(({ afterPrevious, ...draft }, index) => ({
    id: deliveryId(index + 1),
    event: announcement.event,
    url: announcement.url,
    ...draft,
    after: afterPrevious ? deliveryId(index) : null,
  }));
}

/** The first number that none of these deliveries has, nor a later one. */
export function nextDeliveryNumber(deliveries: readonly Pick<PlannedDelivery, 'id'>[]): number {
  return Math.max(0, ...deliveries.map(({ id }) => Number(id.slice(1)))) + 1;
}

export function deliveryId(n: number): DeliveryId {
  return `d${n}` as DeliveryId;
}

function plain(state: string, dueAt: number): Draft {
  return { state, dueAt, afterPrevious: false, flaw: null, retries: null };
}

function twist(
  { state, at }: Step,
  scenario: Scenario,
  { steps, ends, lateByMs }: Pick<PromiseInput, 'steps' | 'ends' | 'lateByMs'>,
): Draft[] {
  const good = plain(state, at);
  switch (scenario.callback) {
    case 'late':
      return [{ ...good, dueAt: at + lateByMs }];
    case 'duplicate':
      return [good, { ...good, afterPrevious: true }];
    case 'concurrent-duplicate':
      return [good, good];
    case 'lost-ack':
      return [{ ...good, flaw: 'lost-ack' }];
    // A flawed body is sent once; what is retried would have to be the same bytes, and never be taken.
    case 'malformed':
    case 'truncated':
      return [
        { ...good, flaw: scenario.callback, retries: 0 },
        { ...good, afterPrevious: true },
      ];
    case 'forged':
      return [{ ...good, state: ends.success, dueAt: middle(steps), flaw: 'forged', retries: 0 }, good];
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
