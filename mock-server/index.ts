import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { parseByteSize } from './core/byte-size.ts';
import { CodedError, editDistance, nearest } from './core/coded-error.ts';
import { formatDuration, parseDuration } from './core/duration.ts';
import { refuseOldNode } from './core/refuse-old-node.ts';
import { type OptionNames, refuseUnknownOptions } from './core/refuse-unknown-options.ts';
import type { JsonObject } from './core/types.ts';
import { isLoopback } from './delivery/address-class.ts';
import { type ClockMode, createClock } from './delivery/clock.ts';
import { createCourier } from './delivery/courier.ts';
import { createEngine } from './engine/engine.ts';
import {
  composeCallback,
  type SealedAt,
  type StagedMessage,
  stageEvent,
  triggerEvent,
} from './engine/trigger.ts';
import { createAccounts } from './http/accounts.ts';
import { createAdminGuard } from './http/admin-guard.ts';
import { createApp, type Handler } from './http/app.ts';
import { createIntake } from './http/intake.ts';
import { createMediaLibrary } from './http/media-library.ts';
import { createNodeServer, cutConnections } from './http/node-server.ts';
import type { OwnCertificate } from './http/own-certificate.ts';
import { createRouter, type Router } from './http/router.ts';
import { createTraffic } from './http/traffic.ts';
import { createByteBudget } from './journal/byte-budget.ts';
import type { Presented } from './journal/iso-times.ts';
import { createJournal, type JournalFilter } from './journal/journal.ts';
import { type JournalFile, openJournalFile } from './journal/journal-file.ts';
import { isWordLike } from './journal/key-shapes.ts';
import { createMetrics } from './journal/metrics.ts';
import { createSecrets, KEY_MARK, SECRET_MARK } from './journal/secrets.ts';
import { reportTask, type TaskReport } from './journal/task-report.ts';
import { type OpenRecord, presentRecord } from './journal/unpack-record.ts';
import { MOCK_SERVER_OPTIONS } from './mock-server-options.ts';
import {
  type DurationOption,
  type MockServerOptions,
  makeToken,
  readCount,
  readDuration,
  readSettings,
  readText,
  readTime,
  SMALLEST_BUDGET,
} from './options.ts';
import type { PackCheck, PackFinding } from './packs/check-pack.ts';
import { builtInPackDirs, loadPack } from './packs/load-pack.ts';
import { createLoadedPacks } from './packs/loaded-packs.ts';
import type { Pack } from './packs/pack.ts';
import { PACKAGE_ROOT } from './packs/package-root.ts';
import { vocabularyOf } from './packs/vocabulary.ts';
import { watchPacks } from './packs/watch-packs.ts';
import { listScenarios, type ScenarioEntry } from './scenarios/catalog.ts';
import { type QuietOptions, untilQuiet } from './until-quiet.ts';

export { ERRORS, type ErrorCode, type ErrorEntry } from './core/error-codes.ts';
export { type OptionNames, refuseUnknownOptions } from './core/refuse-unknown-options.ts';
export { isSystemError } from './core/system-error.ts';
export type { Attempt, AttemptOutcome, DeliveryStatus } from './core/types.ts';
export { isLocalHost, isLoopback } from './delivery/address-class.ts';
export { type Courier, createCourier } from './delivery/courier.ts';
export { BlockedError, createEgressGuard } from './delivery/egress-guard.ts';
export type { AttemptResult, OutgoingCallback } from './delivery/post-callback.ts';
export type { OwnCertificate } from './http/own-certificate.ts';
export type { Judge } from './http/verdicts.ts';
export { isKeyName, looksLikeKey } from './journal/key-shapes.ts';
export { makeFolder } from './journal/make-folder.ts';
export { createSecrets, KEY_MARK, REDACTED } from './journal/secrets.ts';
export type { DeliveryReport } from './journal/task-report.ts';
export type { OpenRecord as JournalRecord } from './journal/unpack-record.ts';
export { MOCK_SERVER_OPTIONS } from './mock-server-options.ts';
export type { MockServerOptions } from './options.ts';
export { documentPattern } from './packs/document-pattern.ts';
export type { Fact, Page } from './packs/lifecycle.ts';
export { createMessageValidator, type MessageProblem } from './packs/message-validator.ts';
export type { Pack, PackEvent } from './packs/pack.ts';
export { PackError, type PackProblem } from './packs/pack-error.ts';
export { PACKAGE_ROOT } from './packs/package-root.ts';
export { preload } from './preload.ts';
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

/** An entry of the journal, with its times in ISO 8601. */
export type JournalEntry = Presented<OpenRecord>;

/** Options of `listen()`. */
export interface ListenOptions {
  /** Port to listen on; 0 is any free port (default: 0). */
  readonly port?: number;
  /**
   * Host name or address to listen on (default: `127.0.0.1`). Beyond loopback, admin calls require the token, and
   * callbacks to this machine require `apiKeys` or `allowCallback`.
   */
  readonly host?: string;
  /** Certificate and private key for HTTPS, in PEM (default: plain HTTP). */
  readonly tls?: { readonly cert: string; readonly key: string };
}

/** Names of the options of each call of a mock. */
const OPTIONS_OF = {
  listen: { port: true, host: true, tls: true } satisfies OptionNames<ListenOptions>,
  trigger: { to: true, scenario: true, apiKey: true } satisfies OptionNames<TriggerOptions>,
  stage: {
    to: true,
    scenario: true,
    apiKey: true,
    running: true,
    request: true,
  } satisfies OptionNames<StageOptions>,
  enqueue: { times: true, apiKey: true } satisfies OptionNames<EnqueueOptions>,
  entries: { type: true, taskId: true, since: true, upTo: true } satisfies OptionNames<JournalFilter>,
  quiet: { quietFor: true, timeout: true } satisfies OptionNames<QuietOptions>,
};

/** Options of a mock that belong to another function. */
const ELSEWHERE = { port: 'listen()', host: 'listen()', tls: 'listen()' };

/** State of the journal on disk. */
export interface DataReport {
  /** Folder of the journal. */
  readonly dir: string;
  /** Reason why the journal cannot be written at present; null while it can. */
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
  /** Bearer key of the task (default: one key for all such tasks). */
  readonly apiKey?: string;
}

/** Options of `scenarios.enqueue()`. */
export interface EnqueueOptions {
  /** Number of submissions that get the scenario (default: 1). */
  readonly times?: number;
  /** Key whose submissions get it (default: any key). */
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
  /** Name of the event. */
  readonly event: string;
  /** Callback URL of the request; null if it has none. */
  readonly url: string | null;
}

/** A callback that was composed but not sent; it announces the end of its task. */
export interface StagedCallback {
  /** Id of the task. */
  readonly taskId: string;
  /** Body of the callback. */
  readonly body: string;
  /** Headers of the callback, with its signature if callbacks are signed. */
  readonly headers: Readonly<Record<string, string>>;
  /** All callbacks of the task in order; the last one announces the end. */
  readonly callbacks: readonly StagedMessage[];
  /** Returns the headers for another body, with its signature if callbacks are signed. */
  seal(body: string, at?: SealedAt): Readonly<Record<string, string>>;
  /** Returns a forged body: a success whose media are at this origin. */
  forge(origin: string): string;
}

/** A mock of vendors, created by `createMockServer()`. */
export interface MockServer {
  /** Handles requests in Express, Connect and `node:http`. Passes unknown requests to `next`, if there is one. */
  readonly handler: Handler;
  /**
   * Starts to listen and resolves with the mock itself.
   * @throws {CodedError} PORT_TAKEN when another process listens on the port; OPTION_INVALID when the port, host or
   * certificate is not usable
   */
  listen(options?: ListenOptions): Promise<MockServer>;
  /**
   * Base URL, without a trailing slash.
   * @throws {Error} before `listen()`
   */
  readonly url: string;
  /**
   * IP address that the mock listens on; `0.0.0.0` and `::` mean all interfaces.
   * @throws {Error} before `listen()`
   */
  readonly address: string;
  /** Token that admin calls must send; null when they need none. */
  readonly adminToken: string | null;
  /**
   * Whether callbacks to this machine are blocked, because other machines can submit tasks with any key. The option
   * `apiKeys` prevents this, and `allowCallback` makes exceptions.
   */
  readonly blocksOwnHost: boolean;
  /** Loaded packs. With the option `watch`, an edited pack replaces its previous version. */
  readonly packs: readonly Pack[];
  readonly clock: {
    /** Clock mode: `real`, `virtual` or `polls`. */
    readonly mode: ClockMode;
    /** Returns the current service time. */
    now(): Date;
    /**
     * Advances service time. Resolves when everything that became due has happened, including deliveries and their
     * retries.
     * @param duration milliseconds, or text such as `2m`
     * @throws {CodedError} OPTION_INVALID when it is not a duration; BAD_REQUEST when the time would be after the year
     * 9998; CLOCK_ENDLESS when something becomes due again and again at the same moment; DATA_UNWRITABLE when the
     * folder of `data` cannot be written
     */
    advance(duration: DurationOption): Promise<void>;
    /**
     * Advances service time to a moment, and resolves like `advance()`.
     * @param at ISO 8601 text or a `Date`
     * @throws {CodedError} CLOCK_BACKWARDS when the moment has passed; otherwise like `advance()`
     */
    set(at: string | Date): Promise<void>;
  };
  readonly tasks: {
    /** Returns a task, or undefined if it does not exist or was removed. */
    get(id: string): TaskReport | undefined;
    /** Returns all tasks in memory, oldest first. */
    all(): TaskReport[];
    /** Counts all tasks, and those with unsettled callbacks, without creating reports. */
    count(): { readonly total: number; readonly calling: number };
    /**
     * Sends the callback of a task again, as a new delivery with its own retries. Does not wait for it: see `settled`.
     * @throws {CodedError} TASK_UNKNOWN when the task does not exist; NO_CALLBACK when it has no callback to send;
     * MEMORY_FULL when unfinished tasks occupy all of `keepBytes`
     */
    redeliver(id: string): TaskReport;
    /**
     * Ends a running task now with the given outcome, so that its callback becomes due.
     * @param outcome `success`, `canceled` or `fail.<slug>`
     * @throws {CodedError} TASK_UNKNOWN when the task does not exist; TASK_FINISHED when it has ended; SCENARIO_UNKNOWN
     * when its pack does not have the outcome
     */
    amend(id: string, outcome: string): TaskReport;
    /**
     * Sends the callback of an event now: submits the sample request of the event as a task that ends immediately.
     * Requires `listen()` or `publicUrl`, for the URLs of its media.
     * @throws {CodedError} EVENT_UNKNOWN when none of the packs has the event; SCENARIO_UNKNOWN when its pack does not
     * have the scenario; NO_CALLBACK when the scenario has no effect on callbacks; BAD_REQUEST when the submission is
     * refused; DATA_UNWRITABLE when the folder of `data` cannot be written
     */
    trigger(event: string, options: TriggerOptions): Promise<TaskReport>;
    /**
     * Creates a task whose callbacks are composed but not sent, for judges of receivers.
     * @throws {CodedError} EVENT_UNKNOWN when none of the packs has the event; SCENARIO_UNKNOWN when its pack does not
     * have the scenario; BAD_REQUEST when the submission is refused; NO_CALLBACK when the request does not ask for a
     * callback; DATA_UNWRITABLE when the folder of `data` cannot be written
     */
    stage(event: string, options: StageOptions): Promise<StagedCallback>;
    /**
     * Composes the callback of a task that was submitted over HTTP, without sending it.
     * @throws {CodedError} TASK_UNKNOWN when the task does not exist; NO_CALLBACK when it has no callback
     */
    compose(id: string): ComposedTaskCallback;
  };
  readonly scenarios: {
    /** Lists the scenarios of the loaded packs. */
    list(): ScenarioEntry[];
    /**
     * Queues a scenario for the next submissions with a key, or with any key.
     * @throws {CodedError} SCENARIO_UNKNOWN when none of the packs has the scenario; OPTION_INVALID when an option is
     * unknown or invalid; QUEUE_FULL when too many are queued
     */
    enqueue(scenario: string, options?: EnqueueOptions): void;
    /** Clears the queue of all keys. */
    clear(): void;
  };
  readonly journal: {
    /** Returns the matching entries in memory, oldest first. */
    entries(filter?: JournalFilter): JournalEntry[];
    /**
     * Calls the listener with each new entry.
     * @returns a function that ends the subscription
     */
    subscribe(listener: (entry: JournalEntry) => void): () => void;
  };
  /** State of the journal on disk; null without `data`. */
  readonly data: DataReport | null;
  /**
   * Resolves when no callback attempt is in flight and, with `data`, all entries are on disk. A receiver may still be
   * working; see `quiet`.
   * @throws {CodedError} DATA_UNWRITABLE when the folder of `data` cannot be written
   */
  settled(): Promise<void>;
  /**
   * Resolves when receivers and clients have gone quiet: no callback attempt, call or download is in flight, and for
   * 200 ms of wall time (`quietFor`) none began or ended. Attempts that are not due yet do not count: advance the clock first.
   * @throws {CodedError} NOT_QUIET when that takes longer than 5 s (`timeout`), with what is in flight in the message;
   * OPTION_INVALID when an option is not a duration
   * @example
   * import { createMockServer } from 'stuntdouble';
   *
   * const mock = await createMockServer({ clock: 'virtual' }).listen();
   * await mock.clock.advance('10m');
   * await mock.quiet();
   */
  quiet(options?: QuietOptions): Promise<void>;
  /**
   * Returns the mock to its initial state: removes all tasks, journal entries and queued scenarios, and resets the
   * clock.
   */
  reset(): void;
  /**
   * Stops listening and ends all connections. Attempts in flight may end within `grace`, and are interrupted after it.
   */
  close(): Promise<void>;
}

/**
 * Creates a certificate for `listen({ tls })`. Its certificate authority is created on first use and kept in the
 * folder.
 */
export async function createCertificate(dir: string, host = '127.0.0.1'): Promise<OwnCertificate> {
  const { ownCertificate } = await import('./http/own-certificate.ts');
  return ownCertificate(dir, host);
}

/** Writes a file into the folder of `createCertificate`, with the permissions of its other files. */
export async function writeCertificates(dir: string, name: string, text: string): Promise<void> {
  const { writeToAuthorityFolder } = await import('./http/own-certificate.ts');
  writeToAuthorityFolder(dir, name, text);
}

/** Version of this package. */
export const VERSION: string = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8')).version;

/**
 * Creates a mock of every loaded vendor. Mocks share no state.
 * @throws {CodedError} RUNTIME_UNSUPPORTED when Node is older than 20.19; other codes when an option, a pack or a
 * scenario is not usable
 */
export function createMockServer(options: MockServerOptions = {}): MockServer {
  refuseOldNode(process.versions.node);
  refuseUnknownOptions('createMockServer()', options, MOCK_SERVER_OPTIONS, ELSEWHERE);
  const settings = readSettings(options, VERSION);
  const graceMs = readDuration('grace', options.grace ?? '5s');
  const shelf = createLoadedPacks(loadPacks(options));
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
  /** Port at which other machines can reach the mock; null when none is known. */
  let openPort: number | null = null;
  const exposedAt = (): number | null => (settings.apiKeys.length > 0 ? null : openPort);
  const courier = options.courier ?? createCourier({ allow: settings.allowCallback, exposedAt });
  const file = options.data === undefined ? null : openFile(options.data, options);
  const secrets = createSecrets(
    [
      ...settings.apiKeys.map((key) => ({ key, mark: KEY_MARK })),
      ...(settings.secret === null ? [] : [{ key: settings.secret, mark: SECRET_MARK }]),
    ],
    // Collecting a vocabulary takes time, and most keys do not look like a word.
    (text) => isWordLike(text) && packs.some((pack) => vocabularyOf(pack).has(text)),
  );
  const { now, wallNow } = clock;
  const budget = createByteBudget(settings.keepBytes);
  // In addition to `keepBytes`, because these bytes are outside of the heap.
  const intake = createIntake(settings.keepBytes / 4);
  const journal = createJournal({ now, wallNow, keep: settings.keep, file, secrets, budget });
  const engine = createEngine({ packs: shelf.byName, clock, journal, courier, settings, budget });
  const accounts = createAccounts(settings.apiKeys, secrets);
  const metrics = createMetrics(journal, {
    stuntdouble_tasks: () => engine.tasks.size,
    stuntdouble_kept_bytes: () => budget.used('journal') + budget.used('tasks'),
    stuntdouble_receiving_bytes: () => intake.used,
    stuntdouble_attempts_underway: () => engine.inFlight,
    stuntdouble_service_time_seconds: () => clock.now() / 1000,
    process_heap_bytes: () => process.memoryUsage().heapUsed,
  });
  closingOnError(file, () => engine.scenarios.refuseUnknown(settings.scenario));

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

  // The handler must exist before this, because it folds earlier calls from the journal.
  if (file !== null) closingOnError(file, () => engine.restore(file.readPast));

  /** Inside another app, the mock learns from its requests where that app listens. */
  const handler: Handler = (request, response, next) => {
    if (server === undefined && openPort === null) openPort = portBeyondLoopback(request.socket);
    app(request, response, next);
  };

  /** Loads a pack from its files again. Throws, and keeps the previous version, when that fails. */
  function reload(old: Pack): void {
    const pack = loadPack(old.dir, old.profile);
    const changed = createRouter(shelf.with(pack), options.mounts ?? {});
    engine.refuseIncomplete(pack);
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
  /** Makes a change and resolves when it is on disk. */
  async function whenSaved<T>(change: () => Promise<T>): Promise<T> {
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
    async listen(own = {}) {
      refuseUnknownOptions('listen()', own, OPTIONS_OF.listen);
      const { port = 0, host = '127.0.0.1', tls } = own;
      // An empty host would make Node listen on all interfaces.
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
      if (url === undefined) throw new Error('the mock is not listening; call listen() first');
      return url;
    },
    get address() {
      if (address === undefined) throw new Error('the mock is not listening; call listen() first');
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
      advance: (duration) => whenSaved(async () => engine.advance(readDuration('advance', duration))),
      set: (at) => whenSaved(async () => engine.moveTo(readTime('at', at))),
    },
    tasks: {
      get: report,
      all: () => [...engine.tasks.all()].map((task) => reportTask(task, clock.now(), journal.secrets)),
      count: () => ({ total: engine.tasks.size, calling: engine.calling }),
      redeliver: (id) => reportTask(engine.redeliver(id), clock.now(), journal.secrets),
      amend: (id, outcome) => reportTask(engine.amend(id, outcome), clock.now(), journal.secrets),
      async trigger(event, own) {
        refuseUnknownOptions('tasks.trigger()', own, OPTIONS_OF.trigger);
        const { to, scenario: chosen, apiKey = 'trigger' } = own;
        readText('to', to ?? null);
        const scenario = chosen ?? settings.scenario;
        const isChosen = chosen !== undefined;
        const origin = settings.publicUrl ?? mock.url;
        const account = accounts.fromKey(apiKey);
        const task = await whenSaved(() =>
          triggerEvent(engine, packs, { event, to, scenario, isChosen, account, origin }),
        );
        return reportTask(task, clock.now(), journal.secrets);
      },
      async stage(event, own) {
        refuseUnknownOptions('tasks.stage()', own, OPTIONS_OF.stage);
        const { to, scenario = 'success', apiKey = 'stage', running = false, request } = own;
        readText('to', to ?? null);
        const origin = settings.publicUrl ?? mock.url;
        const account = accounts.fromKey(apiKey);
        const { secret, version } = settings;
        const userAgent = `stuntdouble/${version}`;
        const merged = request === undefined ? {} : { request };
        const input = { event, to, scenario, account, origin, running, secret, userAgent, ...merged };
        const { task, callback, callbacks, forge } = await whenSaved(() => stageEvent(engine, packs, input));
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
      enqueue(scenario, own = {}) {
        refuseUnknownOptions('scenarios.enqueue()', own, OPTIONS_OF.enqueue);
        const { times = 1, apiKey } = own;
        readCount('times', times, 1);
        const account = apiKey === undefined ? null : accounts.fromKey(apiKey);
        engine.scenarios.enqueue(scenario, { times, account });
      },
      clear: () => engine.scenarios.clear(),
    },
    journal: {
      entries(filter = {}) {
        refuseUnknownOptions('journal.entries()', filter, OPTIONS_OF.entries);
        return journal.records(filter).map((record) => presentRecord(record, journal.secrets));
      },
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
    async quiet(own = {}) {
      refuseUnknownOptions('quiet()', own, OPTIONS_OF.quiet);
      const { quietFor = '200ms', timeout = '5s' } = own;
      await untilQuiet(
        { journal, traffic, attempts: () => engine.inFlight },
        { quietForMs: readDuration('quietFor', quietFor), timeoutMs: readDuration('timeout', timeout) },
      );
    },
    reset: engine.reset,
    async close() {
      // The server must have begun to listen before it can stop.
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

/**
 * Loads, checks and compiles packs.
 * @throws {CodedError} PACK_UNREADABLE or PACK_INVALID when a pack is not usable; PROFILE_UNKNOWN when none of the
 * packs has the profile
 */
export function loadPacks(options: Pick<MockServerOptions, 'packs' | 'builtIn' | 'profile'> = {}): Pack[] {
  const dirs = [...(options.builtIn === false ? [] : builtInPackDirs()), ...(options.packs ?? [])];
  const loaded = dirs.map((dir) => loadPack(dir));
  const { profile } = options;
  if (profile === undefined) return loaded;
  if (!loaded.some(({ profiles }) => profiles.includes(profile))) {
    const known = [...new Set(loaded.flatMap(({ profiles }) => profiles))].join(', ');
    throw new CodedError('PROFILE_UNKNOWN', `unknown profile "${profile}"`, `Use one of: ${known}.`);
  }
  return loaded.map((pack) =>
    pack.profiles.includes(profile) && pack.profile !== profile ? loadPack(pack.dir, profile) : pack,
  );
}

/**
 * Checks a pack in every profile, including every answer and callback that its tasks can have.
 * @throws {CodedError} PACK_UNREADABLE when the folder or its files cannot be read
 */
export async function checkPack(dir: string): Promise<PackCheck> {
  // Loaded here, because a server does not need it.
  const { checkPack: check } = await import('./packs/check-pack.ts');
  return check(dir);
}

/** Runs a step and closes the file if it fails, because a mock that was not created must not keep the folder locked. */
function closingOnError(file: JournalFile | null, step: () => void): void {
  try {
    step();
  } catch (error) {
    void file?.close();
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
    // The listener stays: a later error, such as too many open files, must not end the process.
    server.on('error', (error: NodeJS.ErrnoException) => reject(bindError(error, port, host)));
    server.listen(port, host, resolve);
  });
}

/** Rejects a prefix for a pack that is not loaded, because it would have no effect. */
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
        `the pack "${name}" in mounts is not loaded`,
        close.length > 0 ? `Did you mean ${close.join(' or ')}?` : `Use one of: ${names.join(', ')}.`,
      );
    }
    if (typeof prefix !== 'string' || !/^(\/[^/\s?#]+)+$/.test(prefix)) {
      throw new CodedError(
        'OPTION_INVALID',
        `the prefix of ${name} in mounts must begin with a slash and must not end with one, got ${JSON.stringify(prefix)}`,
        `Write it like /${name}.`,
      );
    }
  }
}

/** Node throws immediately when OpenSSL cannot read the certificate or the key. */
function openServer(handler: Handler, tls: ListenOptions['tls']): Server {
  try {
    return createNodeServer(handler, tls);
  } catch (error) {
    throw new CodedError(
      'OPTION_INVALID',
      `the certificate or its private key is not usable: ${(error as Error).message}`,
      'Pass a certificate and its private key, both in PEM.',
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
      'Stop the process that uses it, or choose another port with --port (0 is any free port).',
    );
  }
  return new CodedError(
    'OPTION_INVALID',
    `cannot listen on ${host}:${port}: ${error.message}`,
    error.code === 'EACCES'
      ? 'Choose a port above 1023 with --port, or run the mock with the permission to use this one.'
      : 'Choose an address of this machine with --host, such as 127.0.0.1 or 0.0.0.0.',
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

/** Returns the port that other machines can reach; null for loopback, and for sockets without an address. */
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
    // Node runs timers with a longer delay immediately.
    setTimeout(resolve, Math.min(durationMs, 2 ** 31 - 1)).unref();
  });
}
