import { CodedError } from '../core/coded-error.ts';
import type { Operation, Pack } from '../packs/pack.ts';
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

/** @param counts null to use the counts of the task, which are those of the journal's observations */
export function createApplyCommand(
  engine: Engine,
  packs: ReadonlyMap<string, Pack>,
  counts: ReadCounts | null = null,
): ApplyCommand {
  const handlers: Handlers = {
    submit: (command) => submit(engine, packs, command),
    cancel: (command) =>
      engine.cancel(packOf(packs, command), operationOf(packs, command, 'cancel'), command.taskId),
    delete: (command) =>
      engine.delete(packOf(packs, command), operationOf(packs, command, 'delete'), command.taskId),
    poll(command) {
      const earlier = counts?.poll(command.taskId);
      const operation = operationOf(packs, command, 'poll');
      const result = engine.poll(packOf(packs, command), operation, command.taskId, earlier);
      if (result.task !== null) engine.polled(result.task);
      return result;
    },
    download: ({ taskId, name }) =>
      counts?.download(taskId, name) ?? engine.tasks.get(taskId)?.downloads.get(name) ?? 0,
    withdraw({ taskId }) {
      const task = engine.tasks.get(taskId);
      if (task !== undefined) engine.withdraw(task);
      return undefined;
    },
    amend: ({ taskId, outcome }) => engine.amend(taskId, outcome),
    redeliver: ({ taskId }) => engine.redeliver(taskId),
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
export function createCommands(engine: Engine, packs: ReadonlyMap<string, Pack>): Commands {
  return {
    isShared: false,
    run: createApplyCommand(engine, packs),
    advance: engine.advance,
    moveTo: engine.moveTo,
    current: () => null,
    caughtUp: () => null,
    gathered: () => null,
  };
}

function submit(engine: Engine, packs: ReadonlyMap<string, Pack>, command: SubmitCommand): SubmitOutcome {
  const pack = packOf(packs, command);
  const operation = operationOf(packs, command, 'submit');
  const { account, request, bodyText, pathParams, origin, hasOddNumbers = false, instant = false } = command;
  const name = chooseScenario({
    header: command.scenario ?? undefined,
    prompt: operation.promptOf(request),
    queued: () => engine.scenarios.take(account, pack),
    fallback: engine.scenarios.fallbackFor(pack),
  });
  const scenario = engine.scenarios.parse(pack, name);
  if (scenario.submit?.type === 'code') return { type: 'faulted', scenario, code: scenario.submit.code };
  const submission = {
    pack,
    operation,
    account,
    request,
    bodyText,
    pathParams,
    origin,
    hasOddNumbers,
    instant,
  };
  const result = engine.submit({ ...submission, scenario });
  return result.type === 'accepted'
    ? { type: 'accepted', task: result.task, answer: result.answer, scenario }
    : { type: 'refused', answer: result.answer, scenario };
}

interface OfOperation {
  readonly pack: string;
  readonly operation: string;
}

function packOf(packs: ReadonlyMap<string, Pack>, { pack: name }: OfOperation): Pack {
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
