import { type OptionNames, refuseUnknownOptions } from './core/refuse-unknown-options.ts';
import type { JsonObject, Plan } from './core/types.ts';
import type { Commands } from './engine/commands.ts';
import type { Engine } from './engine/engine.ts';
import {
  composeCallback,
  type SealedAt,
  type StagedMessage,
  type StagedTask,
  stageEvent,
} from './engine/trigger.ts';
import type { Accounts } from './http/accounts.ts';
import type { MockServer, TriggerOptions } from './mock-server.ts';
import { readText } from './options.ts';
import type { Pack } from './packs/pack.ts';
import type { WhenSaved } from './when-saved.ts';

/** Options of `stage()`. */
export interface StageOptions extends Omit<TriggerOptions, 'scenario'> {
  /** Scenario of the task (default: `success`). */
  readonly scenario?: string;
  /** Whether the task remains unfinished until the clock moves (default: false). */
  readonly running?: boolean;
  /**
   * Merged into the sample request like a JSON Merge Patch, and validated like any other request.
   * @example { prompt: 'A lighthouse' }
   */
  readonly request?: JsonObject;
}

const STAGE_OPTIONS: OptionNames<StageOptions> = {
  to: true,
  scenario: true,
  apiKey: true,
  running: true,
  request: true,
};

/** A callback that was composed but not sent; it announces the end of its task. */
export interface StagedCallback {
  /** Id of the task. */
  readonly taskId: string;
  /** Id by which the callback names the task: for a task that was derived from another one, that of its parent. */
  readonly namedId: string;
  /** Body of the callback. */
  readonly body: string;
  /** Headers of the callback, with its signature if callbacks are signed. */
  readonly headers: Readonly<Record<string, string>>;
  /** All callbacks of the task in order; the last one announces the end. */
  readonly callbacks: readonly StagedMessage[];
  /** Returns the headers for another body, with its signature if callbacks are signed. */
  seal(body: string, at?: SealedAt): Readonly<Record<string, string>>;
  /** Returns a forged body: a success whose media is at this origin. */
  forge(origin: string): string;
}

/** The callback of a task that was submitted over HTTP. */
export interface ComposedTaskCallback extends StagedCallback {
  /** Name of the event. */
  readonly event: string;
  /** Callback URL of the request; null if it has none. */
  readonly url: string | null;
}

/** Composes callbacks without sending them, for judges of receivers, which send them themselves. */
export interface Staging {
  /**
   * Creates a task whose callbacks are composed but not sent.
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
}

interface StagingOptions {
  readonly engine: Engine;
  readonly commands: Commands;
  readonly packs: readonly Pack[];
  readonly accounts: Accounts;
  /** Returns the secret that callbacks are signed with; null if they are not signed. */
  readonly secretOf: (pack: Pack) => string | null;
  readonly version: string;
  /** Returns the base URL of a pack, which also serves its media. */
  readonly originOf: (pack: Pack) => string;
  readonly whenSaved: WhenSaved;
}

const stagings = new WeakMap<MockServer, Staging>();

/** Keeps the staging of a mock apart from its public members. */
export function attachStaging(mock: MockServer, staging: Staging): void {
  stagings.set(mock, staging);
}

/** Returns the staging of a mock that `createMockServer()` returned. */
export function stagingOf(mock: MockServer): Staging {
  const staging = stagings.get(mock);
  if (staging === undefined) throw new Error('the mock was not created by createMockServer()');
  return staging;
}

export function createStaging(options: StagingOptions): Staging {
  const { engine, commands, packs, accounts, secretOf, version, originOf, whenSaved } = options;
  const signing = { secretOf, userAgent: `stuntdouble/${version}` };
  return {
    async stage(event, wanted) {
      refuseUnknownOptions('stage()', wanted, STAGE_OPTIONS);
      const { to, scenario = 'success', apiKey = 'stage', running = false, request } = wanted;
      readText('to', to ?? null);
      const account = accounts.fromKey(apiKey);
      const merged = request === undefined ? {} : { request };
      const input = { event, to, scenario, account, originOf, running, ...signing, ...merged };
      return shown(await whenSaved(() => stageEvent(commands, packs, input)), packs);
    },
    compose(id) {
      const composed = composeCallback(engine, packs, id, signing);
      return { ...shown(composed, packs), event: composed.event, url: composed.url };
    },
  };
}

function shown({ task, callback, callbacks, forge }: StagedTask, packs: readonly Pack[]): StagedCallback {
  const { body, headers, seal } = callback;
  const { plan } = task;
  return { taskId: plan.taskId, namedId: namedIdOf(plan, packs), body, headers, callbacks, seal, forge };
}

function namedIdOf({ taskId, parentId, pack, operation }: Plan, packs: readonly Pack[]): string {
  const submit = packs.find(({ name }) => name === pack)?.operations.find(({ id }) => id === operation);
  return submit?.type === 'submit' && submit.derives !== null ? (parentId ?? taskId) : taskId;
}
