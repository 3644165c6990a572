import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { parseByteSize } from './core/byte-size.ts';
import { CodedError, editDistance, nearest } from './core/coded-error.ts';
import { formatDuration, parseDuration } from './core/duration.ts';
import { refuseOldNode } from './core/refuse-old-node.ts';
import type { JsonObject } from './core/types.ts';
import { createAdminGuard } from './http/admin-guard.ts';
import { createApp, type Handler } from './http/app.ts';
import { createIntake } from './http/intake.ts';
import { createNodeServer, cutConnections } from './http/node-server.ts';
import { createRouter, type Router } from './http/router.ts';
import { createTraffic } from './http/traffic.ts';
import {
  type DurationOption,
  type MockServerOptions,
  makeToken,
  readDuration,
  readSettings,
  readText,
  readTime,
  SMALLEST_BUDGET,
} from './options.ts';
import type { PackCheck, PackFinding } from './packs/check-pack.ts';
import { builtInPackDirs, loadPack } from './packs/load-pack.ts';
import type { Pack } from './packs/pack.ts';
import { createPackShelf } from './packs/pack-shelf.ts';
import { PACKAGE_ROOT } from './packs/package-root.ts';
import { vocabularyOf } from './packs/vocabulary.ts';
import { createAccounts } from './runtime/accounts.ts';
import { isLoopback } from './runtime/address-class.ts';
import { createByteBudget } from './runtime/byte-budget.ts';
import { type ClockMode, createClock } from './runtime/clock.ts';
import { createCourier } from './runtime/courier.ts';
import { createEngine, type Engine } from './runtime/engine.ts';
import { createJournal, type JournalFilter } from './runtime/journal.ts';
import { type JournalFile, openJournalFile } from './runtime/journal-file.ts';
import { isWordLike } from './runtime/key-shapes.ts';
import { createMediaLibrary } from './runtime/media-library.ts';
import { createMetrics } from './runtime/metrics.ts';
import { type OpenRecord, presentRecord } from './runtime/open-record.ts';
import type { OwnCertificate } from './runtime/own-certificate.ts';
import type { Presented } from './runtime/present.ts';
import { createSecrets, KEY_MARK, SECRET_MARK } from './runtime/secrets.ts';
import { reportTask, type TaskReport } from './runtime/task-report.ts';
import {
  composeCallback,
  type SealedAt,
  type StagedMessage,
  stageEvent,
  triggerEvent,
} from './runtime/trigger.ts';
import { watchPacks } from './runtime/watch-packs.ts';
import { listScenarios, type ScenarioEntry } from './scenarios/catalogue.ts';
import { type QuietOptions, untilQuiet } from './until-quiet.ts';

export { ERRORS, type ErrorCode, type ErrorEntry } from './core/error-codes.ts';
export { isSystemError } from './core/system-error.ts';
export type { Attempt, AttemptOutcome, DeliveryStatus } from './core/types.ts';
export type { Judge } from './http/verdicts.ts';
export type { MockServerOptions } from './options.ts';
export { documentPattern } from './packs/document-pattern.ts';
export type { Fact, Page } from './packs/lifecycle.ts';
export { createMessageValidator, type MessageProblem } from './packs/message-validator.ts';
export type { Pack, PackEvent } from './packs/pack.ts';
export { PackError, type PackProblem } from './packs/pack-error.ts';
export { PACKAGE_ROOT } from './packs/package-root.ts';
export { preload } from './preload.ts';
export { isLocalHost, isLoopback } from './runtime/address-class.ts';
export { type Courier, createCourier, type Parcel, type Passage } from './runtime/courier.ts';
export { BlockedError, createEgressGuard } from './runtime/egress-guard.ts';
export { isKeyName, looksLikeKey } from './runtime/key-shapes.ts';
export { makeFolder } from './runtime/make-folder.ts';
export type { OpenRecord as JournalRecord } from './runtime/open-record.ts';
export type { OwnCertificate } from './runtime/own-certificate.ts';
export { createSecrets, KEY_MARK, REDACTED } from './runtime/secrets.ts';
export type { DeliveryReport } from './runtime/task-report.ts';
export type {
  ClockMode,
  DurationOption,
  Handler,
  JournalFilter,
  PackCheck,
  PackFinding,
  QuietOptions,
  ScenarioEntry,
  TaskReport,
};
export {
  CodedError,
  editDistance,
  formatDuration,
  listScenarios,
  nearest,
  parseByteSize,
  parseDuration,
  SMALLEST_BUDGET,
};

/** An entry of the journal with its times as ISO 8601. */
export type JournalEntry = Presented<OpenRecord>;

/** Where a mock listens. */
export interface ListenOptions {
  /** Port to listen on (default: any free port). */
  readonly port?: number;
  /**
   * The address to listen on (default: 127.0.0.1). Beyond loopback, admin calls need the token, and callbacks to this
   * machine need `apiKeys` or `allowCallback`.
   */
  readonly host?: string;
  /** Certificate and key for https, as PEM (default: plain HTTP). */
  readonly tls?: { readonly cert: string; readonly key: string };
}

/** State of the journal on disk. */
export interface DataReport {
  readonly dir: string;
  /** Why nothing is written at present; null while all is well. */
  readonly trouble: string | null;
  /** Bytes of an incomplete last line that were removed at the start. */
  readonly repairedBytes: number;
}

/** Options of `tasks.trigger()`. */
export interface TriggerOptions {
  /** URL that the callback is sent to. */
  readonly to: string;
  /** Scenario of the task (default: that of the mock, or `success` for `tasks.stage()`). */
  readonly scenario?: string;
  /** Bearer key of the task (default: one for all such tasks). */
  readonly apiKey?: string;
}

/** Options of `tasks.stage()`. */
export interface StageOptions extends TriggerOptions {
  /** Whether the task remains unfinished until the clock moves (default: false). */
  readonly running?: boolean;
  /**
   * Merged into the sample request like a JSON Merge Patch, and validated like any other request.
   * @example { prompt: 'A lighthouse' }
   */
  readonly request?: JsonObject;
}

/** The callback of a task that was submitted over HTTP. */
export interface ComposedTaskCallback extends StagedCallback {
  /** Its event. */
  readonly event: string;
  /** Callback URL of the request; null without one. */
  readonly url: string | null;
}

/** A callback that has been composed and not sent: the one that announces the end of its task. */
export interface StagedCallback {
  readonly taskId: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  /** All callbacks of the task in order; the one that announces the end is the last. */
  readonly callbacks: readonly StagedMessage[];
  /** Returns the headers for another body, with a signature where callbacks are signed. */
  seal(body: string, at?: SealedAt): Readonly<Record<string, string>>;
  /** Returns the body that a forger would send: a success with media at this origin. */
  forge(origin: string): string;
}

/** A mock of vendors, created by `createMockServer()`. */
export interface MockServer {
  /** Handler for Express, Connect and `node:http`; passes unknown requests to `next`, if there is one. */
  readonly handler: Handler;
  /** Starts to listen, and resolves with the mock itself. @throws {CodedError} PORT_TAKEN, OPTION_INVALID */
  listen(options?: ListenOptions): Promise<MockServer>;
  /** Base URL, without a trailing slash. @throws before `listen()` */
  readonly url: string;
  /** IP address that it listens on; `0.0.0.0` and `::` are all interfaces. @throws before `listen()` */
  readonly address: string;
  /** Token that admin calls must send; null without one. */
  readonly adminToken: string | null;
  /**
   * Whether callbacks to the machine that runs the mock are blocked, because other machines can submit tasks with any
   * key. `apiKeys` and `allowCallback` open them.
   */
  readonly blocksOwnHost: boolean;
  /** Loaded packs; with `watch`, an edited pack replaces its previous version. */
  readonly packs: readonly Pack[];
  readonly clock: {
    /** How time passes. */
    readonly mode: ClockMode;
    /** Returns the service time. */
    now(): Date;
    /** Advances service time. Resolves when everything that became due has happened, deliveries and retries included. */
    advance(duration: DurationOption): Promise<void>;
    /** Advances service time to a moment, like `advance()`. @throws {CodedError} CLOCK_BACKWARDS */
    set(at: string | Date): Promise<void>;
  };
  readonly tasks: {
    /** Returns a task, or undefined when there is none with the id. */
    get(id: string): TaskReport | undefined;
    /** Returns all tasks in memory, oldest first. */
    all(): TaskReport[];
    /** Counts tasks without creating a report of each: all of them, and those whose callbacks are not settled. */
    count(): { readonly total: number; readonly calling: number };
    /** Sends the callback of a task again, as a new delivery. @throws {CodedError} TASK_UNKNOWN, NO_CALLBACK */
    redeliver(id: string): TaskReport;
    /**
     * Ends a running task now, with another outcome.
     * @param outcome `success`, `canceled` or `fail.<slug>`
     * @throws {CodedError} TASK_UNKNOWN, TASK_FINISHED, SCENARIO_UNKNOWN
     */
    amend(id: string, outcome: string): TaskReport;
    /**
     * Sends the callback of an event now: submits the example of the document as a task that ends immediately. Requires
     * `listen()` or `publicUrl`, for the URLs of its media.
     * @throws {CodedError} EVENT_UNKNOWN, SCENARIO_UNKNOWN
     */
    trigger(event: string, options: TriggerOptions): Promise<TaskReport>;
    /**
     * Creates a task whose callbacks are composed and not sent, for judges of receivers.
     * @throws {CodedError} EVENT_UNKNOWN, SCENARIO_UNKNOWN, BAD_REQUEST, NO_CALLBACK
     */
    stage(event: string, options: StageOptions): Promise<StagedCallback>;
    /**
     * Composes the callback of a task that was submitted over HTTP, without sending it.
     * @throws {CodedError} TASK_UNKNOWN, NO_CALLBACK
     */
    compose(id: string): ComposedTaskCallback;
  };
  readonly scenarios: {
    /** Lists the scenarios of the loaded packs. */
    list(): ScenarioEntry[];
    /** Queues a scenario for the next submissions, of one key or of any. @throws {CodedError} SCENARIO_UNKNOWN */
    enqueue(scenario: string, options?: { readonly times?: number; readonly apiKey?: string }): void;
    /** Clears the queue. */
    clear(): void;
  };
  readonly journal: {
    /** Returns the entries in memory, oldest first. */
    entries(filter?: JournalFilter): JournalEntry[];
    /** Calls the listener with each new entry. @returns a function that ends the subscription */
    subscribe(listener: (entry: JournalEntry) => void): () => void;
  };
  /** State of the journal on disk; null without `data`. */
  readonly data: DataReport | null;
  /**
   * Resolves when no callback attempt is in flight and, with `data`, everything so far is on disk. A receiver may still
   * be working: see `quiet`.
   * @throws {CodedError} DATA_UNWRITABLE
   */
  settled(): Promise<void>;
  /**
   * Resolves when receivers and clients have gone quiet: no callback attempt, call or download is in flight, and for
   * 200 ms of wall time none began or ended. Attempts that are not due yet do not count: advance the clock first.
   * @throws {CodedError} NOT_QUIET when that takes longer than 5 s; the message lists what is in flight
   * @example
   * import { createMockServer } from 'stuntdouble';
   *
   * const mock = await createMockServer({ clock: 'virtual' }).listen();
   * await mock.clock.advance('10m');
   * await mock.quiet();
   */
  quiet(options?: QuietOptions): Promise<void>;
  /** Returns the mock to its initial state: tasks, journal, queued scenarios and the clock. */
  reset(): void;
  /** Stops listening. Attempts in flight end, or are recorded as interrupted after `grace`. */
  close(): Promise<void>;
}

/** Creates a certificate for `listen({ tls })`. Its authority is kept in the folder, and created on first use. */
export async function createCertificate(dir: string, host = '127.0.0.1'): Promise<OwnCertificate> {
  const { ownCertificate } = await import('./runtime/own-certificate.ts');
  return ownCertificate(dir, host);
}

/** Writes a file into the folder of `createCertificate`, with the same permissions as its own files. */
export async function writeCertificates(dir: string, name: string, text: string): Promise<void> {
  const { writeBeside } = await import('./runtime/own-certificate.ts');
  writeBeside(dir, name, text);
}

/** Version of this package. */
export const VERSION: string = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8')).version;

/**
 * Creates a mock of every loaded vendor. Two mocks share nothing.
 * @throws {CodedError} RUNTIME_UNSUPPORTED on a Node older than 20.19; other codes for an option, a pack or a
 * scenario that cannot be used
 */
export function createMockServer(options: MockServerOptions = {}): MockServer {
  refuseOldNode(process.versions.node);
  const settings = readSettings(options, VERSION);
  const graceMs = readDuration('grace', options.grace ?? '5s');
  const shelf = createPackShelf(loadPacks(options));
  const packs = shelf.list;
  checkMounts(options.mounts, packs);
  let routes = createRouter(packs, options.mounts ?? {});
  const router: Router = {
    find: (method, path) => routes.find(method, path),
    get recognizer() {
      return routes.recognizer;
    },
  };
  const clock = createClock(settings.clock, settings.startAt);
  const file = options.data === undefined ? null : openFile(options.data, options);
  const secrets = createSecrets(
    [
      ...settings.apiKeys.map((key) => ({ key, mark: KEY_MARK })),
      ...(settings.secret === null ? [] : [{ key: settings.secret, mark: SECRET_MARK }]),
    ],
    // To collect a vocabulary takes a moment, and most keys do not look like part of one.
    (text) => isWordLike(text) && packs.some((pack) => vocabularyOf(pack).has(text)),
  );
  const { now, wallNow } = clock;
  const budget = createByteBudget(settings.keepBytes);
  // In addition to what is kept: these bytes are outside of the heap.
  const intake = createIntake(settings.keepBytes / 4);
  const journal = createJournal({ now, wallNow, keep: settings.keep, file, secrets, budget });
  /** Where other machines reach the mock; null while it is known to none of them. */
  let openPort: number | null = null;
  const exposedAt = (): number | null => (settings.apiKeys.length > 0 ? null : openPort);
  const courier = options.courier ?? createCourier({ allow: settings.allowCallback, exposedAt });
  const engine = createEngine({ packs: shelf.byName, clock, journal, courier, settings, budget });
  const accounts = createAccounts(settings.apiKeys, secrets);
  const metrics = createMetrics(journal, {
    stuntdouble_tasks: () => engine.tasks.size,
    stuntdouble_kept_bytes: () => budget.used('journal') + budget.used('tasks'),
    stuntdouble_receiving_bytes: () => intake.used,
    stuntdouble_attempts_underway: () => engine.underway,
    stuntdouble_service_time_seconds: () => clock.now() / 1000,
    process_heap_bytes: () => process.memoryUsage().heapUsed,
  });
  engine.scenarios.refuseUnknown(settings.scenario);

  let adminToken = options.adminToken ?? null;
  const traffic = createTraffic();
  const app = createApp({
    traffic,
    vendor: { router, engine, accounts, journal, settings, intake },
    media: { packs: shelf.byName, tasks: engine.tasks, clock, journal, library: createMediaLibrary() },
    admin: {
      packs,
      engine,
      clock,
      journal,
      accounts,
      metrics,
      settings,
      intake,
      guard: (request) => createAdminGuard({ token: adminToken })(request),
      judge: options.judge ?? null,
      trouble: () => file?.trouble ?? engine.full,
    },
  });

  // Only now: whatever the handler knows of earlier calls is folded from the journal too.
  if (file !== null) restore(engine, file);

  /** Mounted in an app of somebody else, the mock learns from its calls where that app listens. */
  const handler: Handler = (request, response, next) => {
    if (server === undefined && openPort === null) openPort = portBeyondLoopback(request.socket);
    app(request, response, next);
  };

  /** Loads a pack again from its files; keeps the old one and throws when that fails. */
  function reload(old: Pack): void {
    const pack = loadPack(old.dir, old.profile);
    const changed = createRouter(shelf.with(pack), options.mounts ?? {});
    engine.refuseUnplayable(pack);
    shelf.replace(pack);
    routes = changed;
  }

  function reloadEdited(dir: string): void {
    const old = packs.find((pack) => pack.dir === dir);
    if (old === undefined) return;
    try {
      reload(old);
      journal.append({ type: 'pack.reloaded', pack: old.name, profile: old.profile });
    } catch (error) {
      const problem =
        error instanceof CodedError ? `${error.message}\n${error.remedy}`.trim() : (error as Error).message;
      journal.append({ type: 'pack.refused', pack: old.name, problem });
    }
  }

  const edited = packs.filter(({ dir }) => options.packs?.includes(dir));
  const watch =
    options.watch === true && edited.length > 0
      ? watchPacks(edited, { onChange: reloadEdited, onTrouble: options.onTrouble ?? (() => undefined) })
      : null;

  let server: Server | undefined;
  let bound: Promise<void> | undefined;
  let url: string | undefined;
  let address: string | undefined;
  /** Calls that can wait are done when what they changed is on disk. */
  async function kept<T>(change: () => Promise<T>): Promise<T> {
    const refusal = journal.refusal();
    if (refusal !== null) throw refusal;
    const result = await change();
    await journal.durable();
    return result;
  }

  const report = (id: string): TaskReport | undefined => {
    const task = engine.tasks.get(id);
    return task === undefined ? undefined : reportTask(task, clock.now(), journal.secrets);
  };

  const mock: MockServer = {
    handler,
    async listen({ port = 0, host = '127.0.0.1', tls } = {}) {
      // Node would listen on all interfaces.
      readText('host', host);
      const wanted = readPort(port);
      if (!isLoopback(host)) adminToken ??= makeToken();
      server = openServer(handler, tls);
      bound = bind(server, wanted, host);
      await bound;
      openPort = portBeyondLoopback(server);
      if (openPort !== null) adminToken ??= makeToken();
      url = urlOf(server, tls === undefined ? 'http' : 'https');
      address = (server.address() as AddressInfo).address;
      await watch?.ready;
      return mock;
    },
    get url() {
      if (url === undefined) throw new Error('the mock does not listen: call listen() first');
      return url;
    },
    get address() {
      if (address === undefined) throw new Error('the mock does not listen: call listen() first');
      return address;
    },
    get adminToken() {
      return adminToken;
    },
    get blocksOwnHost() {
      return exposedAt() !== null;
    },
    packs,
    clock: {
      mode: clock.mode,
      now: () => new Date(clock.now()),
      advance: (duration) => kept(async () => engine.advance(readDuration('advance', duration))),
      set: (at) => kept(async () => engine.moveTo(readTime('at', at))),
    },
    tasks: {
      get: report,
      all: () => [...engine.tasks.all()].map((task) => reportTask(task, clock.now(), journal.secrets)),
      count: () => ({ total: engine.tasks.size, calling: engine.calling }),
      redeliver: (id) => reportTask(engine.redeliver(id), clock.now(), journal.secrets),
      amend: (id, outcome) => reportTask(engine.amend(id, outcome), clock.now(), journal.secrets),
      async trigger(event, { to, scenario = settings.scenario, apiKey = 'trigger' }) {
        const origin = settings.publicUrl ?? mock.url;
        const account = accounts.fromKey(apiKey);
        const task = await kept(() => triggerEvent(engine, packs, { event, to, scenario, account, origin }));
        return reportTask(task, clock.now(), journal.secrets);
      },
      async stage(event, { to, scenario = 'success', apiKey = 'stage', running = false, request }) {
        const origin = settings.publicUrl ?? mock.url;
        const account = accounts.fromKey(apiKey);
        const { secret, version } = settings;
        const userAgent = `stuntdouble/${version}`;
        const merged = request === undefined ? {} : { request };
        const input = { event, to, scenario, account, origin, running, secret, userAgent, ...merged };
        const { task, callback, callbacks, forge } = await kept(() => stageEvent(engine, packs, input));
        const { body, headers, seal } = callback;
        return { taskId: task.plan.taskId, body, headers, callbacks, seal, forge };
      },
      compose(id) {
        const { secret, version } = settings;
        const sealing = { secret, userAgent: `stuntdouble/${version}` };
        const { callback, callbacks, forge, event, url: to } = composeCallback(engine, packs, id, sealing);
        const { body, headers, seal } = callback;
        return { taskId: id, body, headers, callbacks, seal, forge, event, url: to };
      },
    },
    scenarios: {
      list: () => listScenarios(packs),
      enqueue(scenario, { times = 1, apiKey } = {}) {
        const account = apiKey === undefined ? null : accounts.fromKey(apiKey);
        engine.scenarios.enqueue(scenario, { times, account });
      },
      clear: () => engine.scenarios.clear(),
    },
    journal: {
      entries: (filter) => journal.records(filter).map((record) => presentRecord(record, journal.secrets)),
      subscribe: (listener) =>
        journal.subscribe((record) => listener(presentRecord(record, journal.secrets))),
    },
    get data() {
      if (file === null || options.data === undefined) return null;
      return { dir: options.data, trouble: file.trouble, repairedBytes: file.repairedBytes };
    },
    async settled() {
      await engine.settled();
      await journal.durable();
    },
    quiet: ({ quietFor = '200ms', timeout = '5s' } = {}) =>
      untilQuiet(
        { journal, traffic, attempts: () => engine.underway },
        { quietForMs: readDuration('quietFor', quietFor), timeoutMs: readDuration('timeout', timeout) },
      ),
    reset: engine.reset,
    async close() {
      // What has not begun to listen cannot stop listening.
      await bound?.catch(() => undefined);
      const closing = server === undefined ? Promise.resolve() : stopListening(server);
      clock.close();
      await watch?.close();
      await Promise.race([engine.settled(), delay(graceMs)]);
      courier.interrupt();
      file?.release();
      await engine.settled();
      await courier.close();
      await file?.close();
      if (server !== undefined) cutConnections(server);
      await closing;
    },
  };
  return mock;
}

/** Loads, checks and compiles packs. */
export function loadPacks(options: Pick<MockServerOptions, 'packs' | 'builtIn' | 'profile'> = {}): Pack[] {
  const dirs = [...(options.builtIn === false ? [] : builtInPackDirs()), ...(options.packs ?? [])];
  const loaded = dirs.map((dir) => loadPack(dir));
  const { profile } = options;
  if (profile === undefined) return loaded;
  if (!loaded.some(({ profiles }) => profiles.includes(profile))) {
    const known = [...new Set(loaded.flatMap(({ profiles }) => profiles))].join(', ');
    throw new CodedError('PROFILE_UNKNOWN', `no pack has a profile "${profile}"`, `There are: ${known}.`);
  }
  return loaded.map((pack) =>
    pack.profiles.includes(profile) && pack.profile !== profile ? loadPack(pack.dir, profile) : pack,
  );
}

/**
 * Checks a pack in every profile, with every answer and callback that its tasks can have.
 * @throws {CodedError} PACK_UNREADABLE
 */
export async function checkPack(dir: string): Promise<PackCheck> {
  // A server needs nothing of it.
  const { checkPack: check } = await import('./packs/check-pack.ts');
  return check(dir);
}

function restore(engine: Engine, file: JournalFile): void {
  try {
    engine.restore(file.readPast);
  } catch (error) {
    void file.close();
    throw error;
  }
}

function openFile(dir: string, { durability = 'strict', onTrouble }: MockServerOptions): JournalFile {
  if (durability !== 'strict' && durability !== 'relaxed') {
    throw new CodedError('OPTION_INVALID', `durability must be strict or relaxed, got "${durability}"`);
  }
  return openJournalFile({ dir, durability, onTrouble: onTrouble ?? (() => undefined) });
}

function bind(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    // For good, not once: what fails later, an accept for want of file descriptors, must not end the process.
    server.on('error', (error: NodeJS.ErrnoException) => reject(bindError(error, port, host)));
    server.listen(port, host, resolve);
  });
}

/** A prefix for a pack that is not loaded would silently move nothing. */
function checkMounts(mounts: MockServerOptions['mounts'], packs: readonly Pack[]): void {
  const names = packs.map(({ name }) => name);
  if (mounts !== undefined && (typeof mounts !== 'object' || mounts === null)) {
    throw new CodedError('OPTION_INVALID', 'mounts must be an object, like { acme: "/acme" }');
  }
  for (const [name, prefix] of Object.entries(mounts ?? {})) {
    if (!names.includes(name)) {
      const close = nearest(name, names, 2);
      throw new CodedError(
        'OPTION_INVALID',
        `mounts names the pack "${name}", which is not loaded`,
        close.length > 0 ? `Did you mean ${close.join(' or ')}?` : `The packs are ${names.join(', ')}.`,
      );
    }
    if (typeof prefix !== 'string' || !/^(\/[^/\s?#]+)+$/.test(prefix)) {
      throw new CodedError(
        'OPTION_INVALID',
        `the prefix of ${name} in mounts must begin with a slash and not end with one, got ${JSON.stringify(prefix)}`,
        `Write it like /${name}.`,
      );
    }
  }
}

/** Node throws at once when OpenSSL cannot read one of them. */
function openServer(handler: Handler, tls: ListenOptions['tls']): Server {
  try {
    return createNodeServer(handler, tls);
  } catch (error) {
    throw new CodedError(
      'OPTION_INVALID',
      `the certificate and its key cannot be used: ${(error as Error).message}`,
      'Give a certificate and the private key that belongs to it, both as PEM.',
    );
  }
}

function readPort(port: number): number {
  if (Number.isSafeInteger(port) && port >= 0 && port <= 65535) return port;
  throw new CodedError('OPTION_INVALID', `port must be a whole number from 0 to 65535, got ${port}`);
}

function bindError(error: NodeJS.ErrnoException, port: number, host: string): CodedError {
  if (error.code === 'EADDRINUSE') {
    return new CodedError(
      'PORT_TAKEN',
      `port ${port} on ${host} is in use`,
      'Stop what uses it, or choose another with --port (0 takes any free one).',
    );
  }
  return new CodedError(
    'OPTION_INVALID',
    `cannot listen on ${host}:${port}: ${error.message}`,
    error.code === 'EACCES'
      ? 'Choose a port above 1023 with --port, or run it with the right to use this one.'
      : 'Choose an address of this machine with --host, like 127.0.0.1 or 0.0.0.0.',
  );
}

function urlOf(server: Server, scheme: string): string {
  const { address, port, family } = server.address() as AddressInfo;
  const host = isAnyAddress(address) ? '127.0.0.1' : family === 'IPv6' ? `[${address}]` : address;
  return `${scheme}://${host}:${port}`;
}

function isAnyAddress(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}

/** The port of whatever other machines can reach; null for loopback, and for sockets without an address. */
function portBeyondLoopback(open: Server | Socket): number | null {
  const { address, port } = boundTo(open);
  return address === undefined || port === undefined || isLoopback(address) ? null : port;
}

function boundTo(open: Server | Socket): { readonly address?: string; readonly port?: number } {
  if ('localAddress' in open) {
    const { localAddress: address, localPort: port } = open;
    return address === undefined || port === undefined ? {} : { address, port };
  }
  const bound = open.address();
  return typeof bound === 'string' || bound === null ? {} : bound;
}

function stopListening(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}

function delay(durationMs: number): Promise<void> {
  return new Promise((resolve) => {
    // Node turns longer timers into immediate ones.
    setTimeout(resolve, Math.min(durationMs, 2 ** 31 - 1)).unref();
  });
}
