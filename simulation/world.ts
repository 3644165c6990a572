import { createDeliveryPolicies } from '../mock-server/engine/delivery-policies.ts';
import type { Settings } from '../mock-server/engine/settings.ts';
import { readSettings } from '../mock-server/options.ts';
import type { LoadedPacks } from '../mock-server/packs/loaded-packs.ts';
import { createChance } from './chance.ts';
import { type Clients, createClients } from './clients.ts';
import { type Crew, createCrew } from './crew.ts';
import { type Conditions, chooseConditions, chooseDeeds, type Deed, FATES } from './deeds.ts';
import { createAttemptRules } from './invariants/attempt-rules.ts';
import { compareStates } from './invariants/compare-states.ts';
import { createLimitRules } from './invariants/limit-rules.ts';
import { createOnceRules } from './invariants/once-rules.ts';
import { createStateStream } from './invariants/state-stream.ts';
import type { Report, Violation } from './invariants/violation.ts';
import { createLives, type Lives } from './lives.ts';
import { createReceivers } from './receivers.ts';
import { createSchedule, type Schedule } from './schedule.ts';
import { createSimulatedStore, type SimulatedStore } from './store/simulated-store.ts';
import type { Tampering } from './tampering.ts';
import { submissionsOf } from './vendor-calls.ts';

/** One run of the simulation: a fleet, its clients and its fate, from a seed. */
export interface WorldInput {
  readonly seed: string;
  readonly lives: number;
  readonly packs: LoadedPacks;
  readonly tampering?: Tampering;
  /** In place of those that follow from the seed. */
  readonly conditions?: Partial<Conditions>;
  readonly deeds?: readonly Deed[];
}

export interface WorldResult {
  readonly violation: Violation | null;
  readonly conditions: Conditions;
  readonly deeds: readonly Deed[];
  readonly counts: WorldCounts;
}

/** What happened in a world, to show that a run had something to find. */
export interface WorldCounts {
  readonly steps: number;
  readonly answered: number;
  readonly entries: number;
  readonly commands: number;
  readonly posts: number;
  readonly snapshots: number;
  readonly starts: number;
}

interface World {
  readonly schedule: Schedule;
  readonly store: SimulatedStore;
  readonly crew: Crew;
  readonly lives: Lives;
  readonly report: Report;
  isFailed(): boolean;
}

/** Simulated time after the last deed in which replicas return and their leases end. */
const CALM_MS = 12_000;
const LONGEST_MS = 3_600_000;
const MONTHS_MS = 90 * 86_400_000;

export async function runWorld(input: WorldInput): Promise<WorldResult> {
  const { seed, packs, tampering = {} } = input;
  const plans = createChance(`${seed} deeds`);
  const chosen = chooseConditions(plans);
  const conditions = { ...chosen, ...input.conditions };
  const deeds = input.deeds ?? chooseDeeds(plans, conditions, input.lives);
  const chance = createChance(`${seed} world`);
  let violation: Violation | null = null;
  const report: Report = (invariant, detail) => {
    violation ??= { invariant, detail };
  };
  const isFailed = (): boolean => violation !== null;
  const schedule = createSchedule(() => undefined);
  const settings = settingsOf(seed, conditions);
  const store = createSimulatedStore({ schedule, chance, snapshotAfter: conditions.snapshotAfter });
  const lives = createLives(report);
  const attempts = createAttemptRules({ report, policyOf: policiesOf(settings, packs) });
  const limits = createLimitRules(limitsOf(settings, packs), report);
  const once = createOnceRules(report, ({ plan }) => plan.origin);
  const stream = createStateStream(report, (entry) => {
    if (entry.type === 'server.reset') receivers.reset();
    for (const rules of [attempts, limits, once, lives]) rules.apply(entry);
  });
  const receivers = createReceivers({ schedule, chance, report, attempts: () => attempts });
  const crew = createCrew({ schedule, chance, store, packs, settings, tampering, receivers, stream, report });
  const world = { schedule, store, crew, lives, report, isFailed };
  const clients = createClients({ ...world, submissions: submissionsOf(packs) });
  await live(world, conditions, deeds, clients);
  receivers.heal();
  if (!isFailed()) await settle(world, clients, () => attempts.open());
  if (!isFailed()) await compareStates({ ...world, stream, packs, settings, tampering });
  return {
    ...{ violation, conditions, deeds },
    counts: {
      ...{ steps: schedule.steps, answered: lives.count, entries: stream.length },
      ...{ commands: store.log.count, posts: receivers.posts },
      ...{ snapshots: store.snapshots.all.length, starts: crew.starts },
    },
  };
}

/** Starts the replicas, and lets everyone act. */
async function live(
  { schedule, crew, isFailed }: World,
  { replicas }: Conditions,
  deeds: readonly Deed[],
  clients: Clients,
): Promise<void> {
  for (let n = 0; n < replicas; n++) crew.start();
  await schedule.runUntil(() => isFailed() || crew.ready().length === replicas, schedule.now + 10_000);
  for (const deed of deeds) {
    schedule.after(deed.at, () => {
      if (isFate(deed)) return crew.suffer(deed);
      const ready = crew.ready();
      const replica = ready[deed.on % Math.max(1, ready.length)];
      // A paused process answers when it continues.
      replica?.host.after(0, () => clients.perform(deed, replica));
    });
  }
  await schedule.runUntil(isFailed, schedule.now + (deeds.at(-1)?.at ?? 0) + CALM_MS);
}

/** Lets everything happen that is due. Without replicas there would be none to do it. */
async function settle(
  { schedule, crew, report, isFailed }: World,
  clients: Clients,
  open: () => readonly string[],
): Promise<void> {
  if (crew.ready().length === 0) crew.start();
  const limitAt = schedule.now + LONGEST_MS;
  await schedule.runUntil(() => isFailed() || crew.ready().length > 0, limitAt);
  const [replica] = crew.ready();
  if (replica === undefined) return report('settled', 'no replica can join the fleet anymore');
  let moved: 'no' | 'yes' | string = 'no';
  replica.commands.advance(MONTHS_MS).then(
    () => {
      moved = 'yes';
    },
    (error: unknown) => {
      moved = String(error);
    },
  );
  await schedule.runUntil(() => isFailed() || moved !== 'no', limitAt);
  if (isFailed()) return;
  if (moved !== 'yes')
    return report('settled', `the clock did not move: ${moved === 'no' ? 'no answer' : moved}`);
  await schedule.runUntil(() => isFailed() || clients.open().length === 0, limitAt);
  const [call] = clients.open();
  if (call !== undefined) report('settled', `a call was not answered: ${call}`);
  const [first] = open();
  if (first !== undefined) report('settled', `${first} was neither acknowledged nor abandoned`);
}

function isFate(
  deed: Deed,
): deed is Extract<Deed, { type: 'crash' | 'leave' | 'pause' | 'disconnect' | 'start' }> {
  return FATES.has(deed.type);
}

function settingsOf(seed: string, conditions: Conditions): Settings {
  const { clock, concurrency, queue, rateLimit, retries } = conditions;
  return readSettings(
    {
      ...{ seed, clock, queue },
      ...(concurrency === null ? {} : { concurrency }),
      ...(rateLimit === null ? {} : { rateLimit }),
      ...(retries === null ? {} : { retries }),
    },
    'simulated',
  );
}

function policiesOf(settings: Settings, { byName }: LoadedPacks) {
  const policyOf = createDeliveryPolicies(settings);
  return (
    { pack }: { readonly pack: string },
    delivery: { readonly event: string; readonly retries: number | null },
  ) => {
    const event = byName.get(pack)?.events.get(delivery.event);
    if (event === undefined)
      throw new Error(`the pack "${pack}" does not have the event "${delivery.event}"`);
    const policy = policyOf(event);
    return delivery.retries === null ? policy : { ...policy, retries: delivery.retries };
  };
}

function limitsOf({ concurrency, rate, speed }: Settings, { byName }: LoadedPacks) {
  return {
    slots: concurrency,
    windowOf(pack: string) {
      const limit = rate === 'as-documented' ? (byName.get(pack)?.rate ?? null) : rate;
      return limit === null ? null : { submissions: limit.submissions, perMs: limit.perMs / speed };
    },
  };
}
