import { closingOnError } from './closing-on-error.ts';
import { LONGEST_TIMER_MS } from './core/longest-timer.ts';
import { refuseOldNode } from './core/refuse-old-node.ts';
import { refuseUnknownOptions } from './core/refuse-unknown-options.ts';
import type { Courier } from './delivery/courier.ts';
import type { Fleet } from './fleet/fleet.ts';
import { fleetFingerprint } from './fleet-fingerprint.ts';
import { createAdminGuard } from './http/admin/admin-guard.ts';
import { createApp, type Handler } from './http/app.ts';
import { createCors } from './http/cors.ts';
import { createMediaLibrary } from './http/media/media-library.ts';
import { createTraffic, type Traffic } from './http/traffic.ts';
import type { JournalFilter } from './journal/matches-filter.ts';
import { presentEntry } from './journal/unpack-entry.ts';
import { createListener, type Listener } from './listen.ts';
import { createParts, type MockParts } from './mock-parts.ts';
import type { DataReport, JournalEntry, MockServer } from './mock-server.ts';
import { ELSEWHERE, MOCK_SERVER_OPTIONS, OPTIONS_OF } from './mock-server-options.ts';
import { type MockServerOptions, readCount, readDuration, readTime } from './options.ts';
import { createPackAddresses } from './pack-addresses.ts';
import type { Pack } from './packs/pack.ts';
import { signingSecretOf } from './packs/signing/signing-secret.ts';
import type { PackWatch } from './packs/watch-packs.ts';
import { createPresence, type Presence } from './presence.ts';
import { refuseInFleet } from './refuse-in-fleet.ts';
import { watchEdits } from './reload-packs.ts';
import { listScenarios } from './scenarios/catalog.ts';
import { attachStaging, createStaging } from './staging.ts';
import { createTaskCommands } from './task-commands.ts';
import { untilQuiet } from './until-quiet.ts';
import { createWhenSaved } from './when-saved.ts';

/**
 * Creates a mock of every loaded vendor. Mocks share no state.
 * @throws {CodedError} RUNTIME_UNSUPPORTED when Node is older than 20.19; other codes when an option, a pack or a
 * scenario is not usable
 */
export function createMockServer(options: MockServerOptions = {}): MockServer {
  refuseOldNode(process.versions.node);
  refuseUnknownOptions('createMockServer()', options, MOCK_SERVER_OPTIONS, ELSEWHERE);
  const parts = createParts(options);
  const { settings, packs, clock, journal, engine, commands, reachability } = parts;
  const traffic = createTraffic();
  const presence = createPresence(parts);
  const handler = createHandler(parts, options, { traffic, presence, isListening: () => listener.isUsed });
  const listener = createListener(handler, reachability);
  // The handler must exist before this, because it folds earlier calls from the journal.
  restore(parts);
  const watch = watchEdits(options, parts);
  const addresses = createPackAddresses(parts.router, () => settings.publicUrl ?? listener.url);
  const { originOf } = addresses;
  const whenSaved = createWhenSaved(journal);

  const mock: MockServer = {
    handler,
    async listen(where = {}) {
      refuseUnknownOptions('listen()', where, OPTIONS_OF.listen);
      await listener.listen(where);
      await joinFleet(parts, options.store);
      presence.state = 'ready';
      await watch?.ready;
      return mock;
    },
    get url() {
      return listener.url;
    },
    get address() {
      return listener.address;
    },
    get adminToken() {
      return reachability.adminToken;
    },
    get blocksOwnHost() {
      return reachability.exposedAt() !== null;
    },
    packs,
    urlOf: addresses.urlOf,
    addresses: addresses.list,
    clock: {
      mode: clock.mode,
      now: () => new Date(clock.now()),
      advance: (duration) => whenSaved(async () => commands.advance(readDuration('advance', duration))),
      set: (at) => whenSaved(async () => commands.moveTo(readTime('at', at))),
    },
    tasks: createTaskCommands(parts, { originOf, whenSaved }),
    scenarios: scenarioCommands(parts),
    journal: journalView(parts),
    get data() {
      return reportData(parts, options.data);
    },
    async settled() {
      await engine.settled();
      await journal.durable();
      await parts.file?.settled();
    },
    async quiet(wanted = {}) {
      refuseUnknownOptions('quiet()', wanted, OPTIONS_OF.quiet);
      const { quietFor = '200ms', timeout = '5s' } = wanted;
      await untilQuiet(
        { journal, traffic, attempts: () => engine.inFlight },
        { quietForMs: readDuration('quietFor', quietFor), timeoutMs: readDuration('timeout', timeout) },
      );
    },
    reset() {
      refuseInFleet(parts.fleet, 'reset()', 'POST /__admin/reset');
      engine.reset();
    },
    close: () => close(parts, listener, { watch, presence }),
  };
  const secretOf = (pack: Pack): string | null => signingSecretOf(pack, settings);
  attachStaging(mock, createStaging({ ...parts, ...settings, secretOf, originOf, whenSaved }));
  return mock;
}

interface HandlerTools {
  readonly traffic: Traffic;
  readonly presence: Presence;
  readonly isListening: () => boolean;
}

function createHandler(
  parts: MockParts,
  options: MockServerOptions,
  { traffic, presence, isListening }: HandlerTools,
): Handler {
  const { shelf, clock, journal, engine, commands, file, reachability } = parts;
  const cors = createCors(parts.settings.cors);
  const library = createMediaLibrary();
  const app = createApp({
    traffic,
    vendor: { ...parts, cors },
    media: { packs: shelf.byName, engine, commands, clock, journal, library, cors },
    admin: {
      ...parts,
      guard: (request) => createAdminGuard({ token: reachability.adminToken })(request),
      judge: options.judge ?? null,
      trouble: () => file?.trouble ?? engine.full ?? parts.fleet?.trouble ?? null,
      presence,
    },
  });
  return (request, response, next) => {
    // Inside another app, the mock learns from its requests where that app listens.
    if (!isListening()) reachability.arrivedAt(request.socket);
    // Clients and load balancers then use another connection for their next call.
    if (presence.state === 'leaving') response.shouldKeepAlive = false;
    app(request, response, next);
  };
}

async function joinFleet(
  { fleet, settings, packs, engine, journal, shelf, courier }: MockParts,
  store: MockServerOptions['store'],
): Promise<void> {
  if (fleet === null || store === undefined) return;
  const fingerprint = fleetFingerprint(settings, packs);
  const joined =
    typeof store === 'string' ? (await import('./fleet/redis-store.ts')).createRedisStore(store) : store;
  await fleet.join({ store: joined, fingerprint, engine, journal, packs: shelf.byName, courier });
}

function restore({ engine, file }: MockParts): void {
  if (file !== null) closingOnError(file, () => engine.restore((use) => file.readPast(use)));
}

function scenarioCommands({ packs, engine, fleet, accounts }: MockParts): MockServer['scenarios'] {
  return {
    list: () => listScenarios(packs),
    enqueue(scenario, options = {}) {
      refuseUnknownOptions('scenarios.enqueue()', options, OPTIONS_OF.enqueue);
      refuseInFleet(fleet, 'scenarios.enqueue()', 'POST /__admin/scenarios');
      const { times = 1, apiKey } = options;
      readCount('times', times, 1);
      const account = apiKey === undefined ? null : accounts.fromKey(apiKey);
      engine.scenarios.enqueue(scenario, { times, account });
    },
    clear() {
      refuseInFleet(fleet, 'scenarios.clear()', 'DELETE /__admin/scenarios');
      engine.scenarios.clear();
    },
  };
}

function journalView({ journal }: MockParts): MockServer['journal'] {
  function entries<Type extends JournalEntry['type']>(
    filter: JournalFilter & { readonly type: Type },
  ): Extract<JournalEntry, { readonly type: Type }>[];
  function entries(filter?: JournalFilter): JournalEntry[];
  function entries(filter: JournalFilter = {}): JournalEntry[] {
    refuseUnknownOptions('journal.entries()', filter, OPTIONS_OF.entries);
    return journal.entries(filter).map((record) => presentEntry(record, journal.secrets));
  }
  return {
    entries,
    subscribe: (listener) => journal.follow((record) => listener(presentEntry(record, journal.secrets))),
  };
}

function reportData({ file }: MockParts, dir: string | undefined): DataReport | null {
  if (file === null || dir === undefined) return null;
  return { dir, trouble: file.trouble, repairedBytes: file.repairedBytes };
}

async function close(
  { clock, engine, courier, file, fleet, graceMs }: MockParts,
  listener: Listener,
  { watch, presence }: { readonly watch: PackWatch | null; readonly presence: Presence },
): Promise<void> {
  // The server must have begun to listen before it can stop.
  await listener.settled();
  await presence.leave(graceMs / 2);
  const stopped = listener.stop();
  clock.close();
  await watch?.close();
  if (fleet === null) {
    await Promise.race([engine.settled(), delay(graceMs)]);
    courier.interrupt();
    file?.release();
    await engine.settled();
  } else await leaveFleet(fleet, courier, graceMs);
  await courier.close();
  await file?.close();
  listener.cut();
  await stopped;
}

/** Other replicas continue with what is due. */
async function leaveFleet(fleet: Fleet, courier: Courier, graceMs: number): Promise<void> {
  const drained = fleet.drain();
  await Promise.race([drained, delay(graceMs)]);
  courier.interrupt();
  await Promise.race([drained, delay(graceMs)]);
  await fleet.close();
}

function delay(durationMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, Math.min(durationMs, LONGEST_TIMER_MS)).unref();
  });
}
