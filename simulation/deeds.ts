import type { ClockMode } from '../mock-server/delivery/clock.ts';
import type { Chance } from './chance.ts';

/** What the clients of a simulated fleet, its operators and its fate do. */
export type Deed = { readonly at: number } & (ClientDeed | OperatorDeed | Fate);

/** @param call identifies the task by its submission @param on selects a replica among those that are alive */
export type ClientDeed =
  | {
      readonly type: 'submit';
      readonly call: number;
      readonly on: number;
      readonly account: number;
      readonly operation: number;
      readonly scenario: string | null;
    }
  | { readonly type: 'poll' | 'cancel' | 'delete'; readonly call: number; readonly on: number };

type OperatorDeed =
  | { readonly type: 'amend'; readonly call: number; readonly on: number; readonly outcome: string }
  | { readonly type: 'redeliver'; readonly call: number; readonly on: number }
  | {
      readonly type: 'enqueue';
      readonly on: number;
      readonly scenario: string;
      readonly times: number;
      readonly account: number | null;
    }
  | { readonly type: 'clear-scenarios' | 'clear-journal' | 'reset'; readonly on: number }
  | { readonly type: 'advance'; readonly on: number; readonly durationMs: number };

export type Fate =
  | { readonly type: 'crash' | 'leave'; readonly on: number }
  | { readonly type: 'pause' | 'disconnect'; readonly on: number; readonly durationMs: number }
  | { readonly type: 'start' };

export const FATES: ReadonlySet<Deed['type']> = new Set<Deed['type']>([
  ...(['crash', 'leave', 'pause', 'disconnect', 'start'] as const),
]);

/** The conditions of one world. */
export interface Conditions {
  readonly clock: ClockMode;
  readonly replicas: number;
  readonly concurrency: number | null;
  readonly queue: number;
  readonly rateLimit: string | null;
  readonly retries: number | null;
  /** Commands between two snapshots. */
  readonly snapshotAfter: number;
  /** How often something goes wrong with a replica, per second. */
  readonly fatesPerSecond: number;
}

export function chooseConditions(chance: Chance): Conditions {
  return {
    clock: chance.pick(['real', 'real', 'virtual', 'polls'] as const),
    replicas: chance.between(1, 4),
    concurrency: chance.happens(0.5) ? chance.between(1, 4) : null,
    queue: chance.between(0, 6),
    rateLimit: chance.pick([null, 'off', '5/2s', '20/10s']),
    retries: chance.pick([null, 0, 1, 3]),
    snapshotAfter: chance.between(40, 400),
    fatesPerSecond: chance.pick([0, 0.1, 0.3, 1]),
  };
}

const SCENARIOS = [
  ...['poll.not-visible', 'poll.reset*2', 'poll.truncated', 'callback.never', 'callback.late'],
  ...['callback.duplicate', 'callback.concurrent-duplicate', 'callback.lost-ack', 'callback.malformed'],
  ...['callback.truncated', 'callback.forged', 'state.long', 'media.503', 'callback.lost-ack+state.long'],
];
const GAP_MS = 240;
const ACCOUNTS = 3;
const POLLS = 4;
const POLLING_MS = 9_000;

/** Returns the deeds of a world in the order of time. The same seed gives the same deeds. */
export function chooseDeeds(chance: Chance, conditions: Conditions, lives: number): Deed[] {
  const deeds: Deed[] = [];
  const on = (): number => chance.between(0, 59);
  let at = 0;
  for (let call = 0; call < lives; call++) {
    at += chance.next() * GAP_MS;
    const scenario = chance.happens(0.3) ? chance.pick(SCENARIOS) : null;
    const account = chance.between(1, ACCOUNTS);
    deeds.push({ type: 'submit', at, call, on: on(), account, operation: on(), scenario });
    deeds.push(...chooseLife(chance, call, at, on));
  }
  deeds.push(...chooseOperations(chance, conditions, at, on), ...chooseFates(chance, conditions, at, on));
  return deeds.sort((a, b) => a.at - b.at);
}

function chooseLife(chance: Chance, call: number, from: number, on: () => number): Deed[] {
  const deeds: Deed[] = [];
  const later = (): number => from + chance.next() * POLLING_MS;
  for (let n = chance.between(0, POLLS); n > 0; n--)
    deeds.push({ type: 'poll', at: from + chance.next() ** 2 * POLLING_MS, call, on: on() });
  if (chance.happens(0.04)) deeds.push({ type: 'cancel', at: later(), call, on: on() });
  if (chance.happens(0.02)) deeds.push({ type: 'delete', at: later(), call, on: on() });
  if (chance.happens(0.04)) deeds.push({ type: 'amend', at: later(), call, on: on(), outcome: 'success' });
  if (chance.happens(0.04)) deeds.push({ type: 'redeliver', at: later(), call, on: on() });
  return deeds;
}

function chooseOperations(chance: Chance, { clock }: Conditions, endAt: number, on: () => number): Deed[] {
  const deeds: Deed[] = [];
  const anyTime = (): number => chance.next() * endAt;
  for (let n = Math.ceil(endAt / 3000); n > 0; n--) {
    const account = chance.happens(0.5) ? null : chance.between(1, ACCOUNTS);
    const times = chance.between(1, 5);
    deeds.push({
      type: 'enqueue',
      at: anyTime(),
      on: on(),
      scenario: chance.pick(SCENARIOS),
      times,
      account,
    });
  }
  if (chance.happens(0.3)) deeds.push({ type: 'clear-scenarios', at: anyTime(), on: on() });
  if (chance.happens(0.3)) deeds.push({ type: 'clear-journal', at: anyTime(), on: on() });
  if (chance.happens(0.3)) deeds.push({ type: 'reset', at: anyTime(), on: on() });
  const moves = clock === 'virtual' ? Math.ceil(endAt / 700) : chance.between(0, 2);
  for (let n = moves; n > 0; n--) {
    const durationMs = chance.pick([1_000, 20_000, 60_000, 600_000]);
    deeds.push({ type: 'advance', at: anyTime(), on: on(), durationMs });
  }
  return deeds;
}

function chooseFates(
  chance: Chance,
  { fatesPerSecond }: Conditions,
  endAt: number,
  on: () => number,
): Deed[] {
  const deeds: Deed[] = [];
  for (let n = Math.round((endAt / 1000) * fatesPerSecond); n > 0; n--) {
    const at = chance.next() * endAt;
    const type = chance.pick(['crash', 'crash', 'leave', 'pause', 'disconnect'] as const);
    if (type === 'pause' || type === 'disconnect') {
      deeds.push({ type, at, on: on(), durationMs: chance.pick([50, 500, 3_000, 8_000]) });
      continue;
    }
    deeds.push({ type, at, on: on() });
    deeds.push({ type: 'start', at: at + chance.next() * 3_000 });
  }
  return deeds;
}
