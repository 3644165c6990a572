import type { ClockMode } from './delivery/clock.ts';
import type { RedeliverOptions } from './engine/redelivery.ts';
import type { Handler } from './http/app.ts';
import type { Presented } from './journal/iso-times.ts';
import type { JournalFilter } from './journal/matches-filter.ts';
import type { TaskReport } from './journal/task-report.ts';
import type { OpenEntry } from './journal/unpack-entry.ts';
import type { DurationOption } from './options.ts';
import type { Pack } from './packs/pack.ts';
import type { ScenarioEntry } from './scenarios/catalog.ts';
import type { QuietOptions } from './until-quiet.ts';

/** An entry of the journal, with its times in ISO 8601. */
export type JournalEntry = Presented<OpenEntry>;

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
  /** Scenario of the task (default: that of the mock). */
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

/** Where a pack is served. */
export interface PackAddress {
  /** Name of the pack. */
  readonly pack: string;
  /** Its base URL, as `urlOf()` returns it. */
  readonly url: string;
  /** Whether it is served at the base URL of the mock as well. */
  readonly isAtRoot: boolean;
  /**
   * Name of the pack that has a path in common with it and keeps it away from the root; null if it is at the root or
   * was moved by `mounts`.
   */
  readonly displacedBy: string | null;
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
  /**
   * Returns the base URL of a pack, such as `http://127.0.0.1:4010/acme`, at which it is served regardless of which
   * other packs are loaded.
   * @throws {CodedError} OPTION_INVALID when the pack is not loaded; {Error} before `listen()`
   * @example
   * import { createMockServer } from 'stuntdouble';
   *
   * const mock = await createMockServer({ packs: ['./acme'] }).listen();
   * process.env.ACME_URL = mock.urlOf('acme');
   */
  urlOf(pack: string): string;
  /** Returns where each pack is served, in the order of `packs`. */
  addresses(): PackAddress[];
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
     * BAD_REQUEST when `to` is not an HTTP URL;
     * MEMORY_FULL when unfinished tasks occupy all of `keepBytes`
     */
    redeliver(id: string, options?: RedeliverOptions): TaskReport;
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
    /**
     * Returns the entries of one type in memory that match, oldest first.
     * @example
     * import { createMockServer } from 'stuntdouble';
     *
     * const mock = createMockServer();
     * for (const { name, bytesSent } of mock.journal.entries({ type: 'media.served' })) console.log(name, bytesSent);
     */
    entries<Type extends JournalEntry['type']>(
      filter: JournalFilter & { readonly type: Type },
    ): Extract<JournalEntry, { readonly type: Type }>[];
    /** Returns the matching entries of all types in memory, oldest first. */
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
   * Resolves when no callback attempt is in flight and, with `data`, all entries and snapshots are on disk. A receiver
   * may still be working; see `quiet`.
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
