import { CodedError } from '../core/coded-error.ts';
import { REDACTED } from '../journal/marks.ts';
import type { Secrets } from '../journal/secrets.ts';
import type { Operation, Pack } from '../packs/pack.ts';
import { readParts } from '../packs/written-parts.ts';
import { chooseScenario } from '../scenarios/choose-scenario.ts';
import type {
  ClientCommand,
  CommandOf,
  Commands,
  Outcomes,
  SubmitCommand,
  SubmitOutcome,
} from './commands.ts';
import type { Engine } from './engine.ts';
import { changeEndpoint, storeUpload } from './stored-things.ts';

/** Applies a command now. @throws {CodedError} as the change does */
export type ApplyCommand = <Wanted extends ClientCommand>(command: Wanted) => Outcomes[Wanted['type']];

type Handlers = {
  readonly [Type in ClientCommand['type']]: (command: CommandOf<Type>) => Outcomes[Type];
};

/** Counts what scenarios count, in place of the observations of a single process. */
export interface ReadCounts {
  /** Returns the number of earlier polls of the task, and counts this one. */
  poll(taskId: string): number;
  /** The same for downloads of a file. */
  download(taskId: string, name: string): number;
}

export interface ApplyCommandOptions {
  readonly engine: Engine;
  readonly packs: ReadonlyMap<string, Pack>;
  /** The secrets of the journal, which learn what a request must not show there. */
  readonly secrets: Pick<Secrets, 'learn'>;
  /** Absent to use the counts of the task, which are those of the journal's observations. */
  readonly counts?: ReadCounts;
}

export function createApplyCommand(options: ApplyCommandOptions): ApplyCommand {
  const { engine, packs, counts } = options;
  const handlers: Handlers = {
    submit: (command) => submit(options, command),
    cancel: (command) => {
      const operation = operationOf(packs, command, 'cancel');
      return engine.cancel(packOf(packs, command), operation, command, readParts(command.parts));
    },
    delete: (command) => {
      const operation = operationOf(packs, command, 'delete');
      return engine.delete(packOf(packs, command), operation, command, readParts(command.parts));
    },
    poll(command) {
      const earlier = counts?.poll(command.taskId);
      const operation = operationOf(packs, command, 'poll');
      const parts = readParts(command.parts);
      const result = engine.poll(packOf(packs, command), operation, command, parts, earlier);
      if (result.task !== null) engine.polled(result.task);
      return result;
    },
    endpoint: (command) => changeEndpoint(engine, packOf(packs, command), command),
    upload: (command) => storeUpload(engine, packOf(packs, command), command),
    download: ({ taskId, name }) =>
      counts?.download(taskId, name) ?? engine.tasks.get(taskId)?.downloads.get(name) ?? 0,
    withdraw({ taskId }) {
      const task = engine.tasks.get(taskId);
      if (task !== undefined) engine.withdraw(task);
      return undefined;
    },
    amend: ({ taskId, outcome }) => engine.amend(taskId, outcome),
    redeliver: ({ taskId, options }) => engine.redeliver(taskId, options),
    enqueue: ({ scenario, times, account }) => engine.scenarios.enqueue(scenario, { times, account }),
    'clear-scenarios'({ account }) {
      engine.scenarios.clear(account ?? undefined);
      return undefined;
    },
    'clear-journal'() {
      engine.clearJournal();
      return undefined;
    },
    reset() {
      engine.reset();
      return undefined;
    },
  };
  // The compiler cannot express that the handler of a type takes the commands of this type.
  return <Wanted extends ClientCommand>(command: Wanted) =>
    (handlers[command.type] as (given: Wanted) => unknown)(command) as Outcomes[Wanted['type']];
}

/** Creates the commands of a single process, which are applied at once. */
export function createCommands(options: Omit<ApplyCommandOptions, 'counts'>): Commands {
  const { engine } = options;
  return {
    isShared: false,
    run: createApplyCommand(options),
    advance: engine.advance,
    moveTo: engine.moveTo,
    current: () => null,
    caughtUp: () => null,
    gathered: () => null,
  };
}

function submit({ engine, packs, secrets }: ApplyCommandOptions, command: SubmitCommand): SubmitOutcome {
  const pack = packOf(packs, command);
  const operation = operationOf(packs, command, 'submit');
  const { account, request, bodyText, pathParams, origin, hasOddNumbers = false, instant = false } = command;
  const outside = readParts(command.parts);
  const asked = { pack, operation, request, pathParams, outside };
  const repeated = engine.repeated(asked);
  if (repeated !== null) return { type: 'repeated', ...repeated };
  const chosen = pack.callbackHeaders?.chosenBy(request) ?? null;
  // The value must be redactable before anything about the request is written to the journal.
  if (chosen !== null) secrets.learn(withoutScheme(chosen.value), REDACTED);
  const name = chooseScenario({
    header: command.scenario ?? undefined,
    prompt: operation.promptOf(request),
    queued: () => engine.scenarios.take(account, pack),
    fallback: engine.scenarios.fallbackFor(pack),
  });
  const scenario = engine.scenarios.parse(pack, name);
  if (scenario.submit?.type === 'code') return { type: 'faulted', scenario, code: scenario.submit.code };
  const call = command.isCall ? { call: outside } : {};
  const rest = { account, bodyText, origin, hasOddNumbers, instant, scenario };
  const result = engine.submit({ ...asked, ...rest, ...call });
  return result.type === 'accepted'
    ? { type: 'accepted', task: result.task, answer: result.answer, scenario }
    : { type: 'refused', answer: result.answer, scenario };
}

/** Returns the key in a value such as `Bearer KEY`. */
function withoutScheme(value: string): string {
  return value.slice(value.indexOf(' ') + 1).trim();
}

interface OfOperation {
  readonly pack: string;
  readonly operation: string;
}

function packOf(packs: ReadonlyMap<string, Pack>, { pack: name }: Pick<OfOperation, 'pack'>): Pack {
  const pack = packs.get(name);
  if (pack !== undefined) return pack;
  throw new CodedError('BAD_REQUEST', `the pack "${name}" is not loaded`);
}

/** The operations of each pack by their id. */
const operations = new WeakMap<Pack, ReadonlyMap<string, Operation>>();

function operationOf<Type extends Operation['type']>(
  packs: ReadonlyMap<string, Pack>,
  command: OfOperation,
  type: Type,
): Extract<Operation, { readonly type: Type }> {
  const pack = packOf(packs, command);
  let byId = operations.get(pack);
  if (byId === undefined) {
    byId = new Map(pack.operations.map((operation) => [operation.id, operation]));
    operations.set(pack, byId);
  }
  const found = byId.get(command.operation);
  if (isOfType(found, type)) return found;
  throw new CodedError(
    'BAD_REQUEST',
    `the pack "${pack.name}" no longer defines the operation "${command.operation}"`,
  );
}

function isOfType<Type extends Operation['type']>(
  operation: Operation | undefined,
  type: Type,
): operation is Extract<Operation, { readonly type: Type }> {
  return operation?.type === type;
}
