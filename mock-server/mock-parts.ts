import { checkMounts } from './check-mounts.ts';
import { closingOnError } from './closing-on-error.ts';
import { CodedError } from './core/coded-error.ts';
import { type Clock, createClock } from './delivery/clock.ts';
import { type Courier, createCourier } from './delivery/courier.ts';
import { createCommands } from './engine/apply-command.ts';
import type { Commands } from './engine/commands.ts';
import { createEngine, type Engine } from './engine/engine.ts';
import type { Settings } from './engine/settings.ts';
import { createFleet, type Fleet } from './fleet/fleet.ts';
import { type Accounts, createAccounts } from './http/accounts.ts';
import { createIntake, type Intake } from './http/intake.ts';
import { createRouter } from './http/vendor/router.ts';
import { type ByteBudget, createByteBudget } from './journal/byte-budget.ts';
import { createJournal, type Journal } from './journal/journal.ts';
import { type JournalFile, openJournalFile } from './journal/journal-file.ts';
import { isWordLike } from './journal/key-shapes.ts';
import { KEY_MARK, SECRET_MARK } from './journal/marks.ts';
import { createMetrics, type Metrics } from './journal/metrics.ts';
import { createSecrets, type Secrets, teachingAlso } from './journal/secrets.ts';
import { loadPacks } from './load-packs.ts';
import { type MockServerOptions, readDuration, readSettings, readSnapshotPolicy } from './options.ts';
import { createLoadedPacks, type LoadedPacks } from './packs/loaded-packs.ts';
import type { Pack } from './packs/pack.ts';
import { secretOfSeed } from './packs/signing/signing-secret.ts';
import { vocabularyOf } from './packs/vocabulary.ts';
import { createReachability, type Reachability } from './reachability.ts';
import { createLiveRouter, type LiveRouter } from './reload-packs.ts';
import { VERSION } from './version.ts';

/** The parts of a mock, created from its options and connected with each other. */
export interface MockParts {
  readonly settings: Settings;
  /** Time that closing waits for attempts in flight, wall time. */
  readonly graceMs: number;
  readonly shelf: LoadedPacks;
  /** The live list of `shelf`. */
  readonly packs: readonly Pack[];
  readonly router: LiveRouter;
  readonly clock: Clock;
  /** Null without the option `data`. */
  readonly file: JournalFile | null;
  readonly journal: Journal;
  /** Memory of bodies that are being received. */
  readonly intake: Intake;
  readonly reachability: Reachability;
  readonly courier: Courier;
  readonly engine: Engine;
  readonly commands: Commands;
  /** Null without the option `store`. */
  readonly fleet: Fleet | null;
  readonly accounts: Accounts;
  readonly metrics: Metrics;
}

/** @throws {CodedError} when an option, a pack or a scenario is not usable */
export function createParts(options: MockServerOptions): MockParts {
  const settings = readSettings(options, VERSION);
  const graceMs = readDuration('grace', options.grace ?? '5s');
  const shelf = createLoadedPacks(loadPacks(options));
  const packs = shelf.list;
  checkMounts(options.mounts, packs);
  const router = createLiveRouter(createRouter(packs, options.mounts ?? {}));
  const reachability = createReachability(options.adminToken ?? null, settings.apiKeys.length > 0);
  const { exposedAt } = reachability;
  const courier = options.courier ?? createCourier({ allow: settings.allowCallback, exposedAt });
  const file = options.data === undefined ? null : openFile(options.data, options);
  const secrets = secretsOf(settings, packs);
  const observed = options.store === undefined ? secrets : secretsOf(settings, packs);
  const fleet =
    options.store === undefined
      ? null
      : createFleet({ mode: settings.clock, startAt: settings.startAt, secrets, observed });
  const clock = fleet?.clock ?? createClock(settings.clock, settings.startAt);
  const budget = createByteBudget(settings.keepBytes);
  // In addition to `keepBytes`, because these bytes are outside of the heap.
  const intake = createIntake(settings.keepBytes / 4);
  const { now, wallNow } = clock;
  const shared = fleet?.shared ?? null;
  // What all replicas record is masked equally: each knows other keys.
  const recorded = fleet === null ? secrets : secretsOf(settings, packs);
  const journal = createJournal({
    now,
    wallNow,
    keep: settings.keep,
    file,
    secrets: recorded,
    budget,
    shared,
  });
  const engine = createEngine({
    ...{ packs: shelf.byName, clock, journal, settings, budget },
    courier: fleet?.courier ?? courier,
    dispatch: fleet?.dispatch,
    countsDownloads: fleet === null,
    // Each replica would report all of them.
    traces: fleet === null,
    direct: courier,
  });
  const commands = fleet?.commands ?? createCommands({ engine, packs: shelf.byName, secrets });
  const accounts = createAccounts(
    settings.apiKeys,
    fleet === null ? secrets : teachingAlso(secrets, observed),
  );
  const metrics = createMetrics(journal, gaugesOf({ engine, budget, intake, clock }));
  closingOnError(file, () => engine.scenarios.refuseUnknown(settings.scenario));
  return {
    ...{ settings, graceMs, shelf, packs, router, clock, file },
    ...{ journal, intake, reachability, courier, engine, commands, fleet, accounts, metrics },
  };
}

function openFile(dir: string, options: MockServerOptions): JournalFile {
  const { durability = 'strict', onTrouble } = options;
  if (durability !== 'strict' && durability !== 'relaxed') {
    throw new CodedError('OPTION_INVALID', `durability must be strict or relaxed, got "${durability}"`);
  }
  const snapshots = readSnapshotPolicy(options);
  return openJournalFile({ dir, durability, snapshots, onTrouble: onTrouble ?? (() => undefined) });
}

/** Returns the secrets of the options. More are learned from requests. */
function secretsOf({ apiKeys, secret, seed }: Settings, packs: readonly Pack[]): Secrets {
  const secrets = createSecrets(
    [
      ...apiKeys.map((key) => ({ key, mark: KEY_MARK })),
      { key: secret ?? secretOfSeed(seed), mark: SECRET_MARK },
    ],
    // Collecting a vocabulary takes time, and most keys do not look like a word.
    (text) => isWordLike(text) && packs.some((pack) => vocabularyOf(pack).has(text)),
  );
  for (const { auth } of packs) secrets.learnPlaces(auth.places);
  return secrets;
}

interface Gauged extends Pick<MockParts, 'engine' | 'intake' | 'clock'> {
  readonly budget: ByteBudget;
}

function gaugesOf({ engine, budget, intake, clock }: Gauged): Readonly<Record<string, () => number>> {
  return {
    stuntdouble_tasks: () => engine.tasks.size,
    stuntdouble_kept_bytes: () => budget.used('journal') + budget.used('tasks'),
    stuntdouble_receiving_bytes: () => intake.used,
    stuntdouble_attempts_underway: () => engine.inFlight,
    stuntdouble_service_time_seconds: () => clock.now() / 1000,
    process_heap_bytes: () => process.memoryUsage().heapUsed,
  };
}
