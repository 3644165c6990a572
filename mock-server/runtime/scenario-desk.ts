import { CodedError } from '../core/coded-error.ts';
import type { Account, Scenario } from '../core/types.ts';
import type { Pack } from '../packs/pack.ts';
import {
  createScenarioParser,
  foreignScenario,
  type ParseScenario,
  SUCCESS,
  unknownScenario,
} from '../scenarios/parse-scenario.ts';
import { createScenarioQueue, type QueuedScenario } from '../scenarios/scenario-queue.ts';
import type { Journal } from './journal.ts';
import type { JournalRecord } from './journal-record.ts';

/** The scenarios that wait for submissions. */
export interface ScenarioDesk {
  /** How many entries wait. */
  readonly waiting: number;
  /** The entries that came first. */
  next(most: number): QueuedScenario[];
  /** @throws {CodedError} SCENARIO_UNKNOWN, QUEUE_FULL */
  enqueue(scenario: string, options?: { times?: number; account?: Account | null }): QueuedScenario;
  /** The next one for this account that the pack knows. */
  take(account: Account, pack: Pack): string | null;
  /** The server's own scenario, as far as the pack knows it. */
  fallbackFor(pack: Pack): string;
  clear(account?: Account): void;
  /** A name is taken when at least one pack knows it; the first refusal is the one that is told. @throws {CodedError} SCENARIO_UNKNOWN */
  refuseUnknown(scenario: string): void;
  /** @throws {CodedError} SCENARIO_UNKNOWN */
  parse(pack: Pack, name: string): Scenario;
}

/** Each of them may have a name of a thousand characters. */
const MOST_QUEUED = 10_000;

export function createScenarioDesk(
  packs: ReadonlyMap<string, Pack>,
  journal: Journal,
  fallback: string,
): ScenarioDesk {
  const queue = createScenarioQueue();
  const parsers = new WeakMap<Pack, ParseScenario>();

  function parse(pack: Pack, name: string): Scenario {
    let parser = parsers.get(pack);
    if (parser === undefined) {
      parser = createScenarioParser(pack);
      parsers.set(pack, parser);
    }
    return parser(name);
  }

  function knows(pack: Pack, name: string): boolean {
    try {
      parse(pack, name);
      return true;
    } catch {
      return false;
    }
  }

  function refuseUnknown(name: string): void {
    const all = [...packs.values()];
    if (all.some((pack) => knows(pack, name))) return;
    // A single pack knows best what is wrong with the name.
    const [only, ...more] = all;
    if (only !== undefined && more.length === 0) parse(only, name);
    throw unknownScenario(name, all);
  }

  /** The queue, too, is what the journal makes it. */
  function apply(record: JournalRecord): void {
    if (record.type === 'scenario.queued') queue.add(record);
    else if (record.type === 'scenario.taken') queue.take(record.account, record.scenario);
    else if (record.type === 'scenario.cleared') queue.clear(record.account ?? undefined);
    else if (record.type === 'server.reset') queue.clear();
  }
  journal.subscribe(apply);

  return {
    get waiting() {
      return queue.size;
    },
    next: queue.first,
    enqueue(scenario, { times = 1, account = null } = {}) {
      refuseUnknown(scenario);
      if (queue.size >= MOST_QUEUED) {
        throw new CodedError(
          'QUEUE_FULL',
          `${MOST_QUEUED} scenarios are queued, which is the limit`,
          'Queue one with "times", or empty the queue: DELETE /__admin/scenarios.',
        );
      }
      journal.append({ type: 'scenario.queued', scenario, times, account });
      return { scenario, times, account };
    },
    take(account, pack) {
      const scenario = queue.peek(account, (name) => knows(pack, name));
      if (scenario !== null) journal.append({ type: 'scenario.taken', scenario, account });
      return scenario;
    },
    clear(account) {
      journal.append({ type: 'scenario.cleared', account: account ?? null });
    },
    fallbackFor: (pack) => (knows(pack, fallback) ? fallback : SUCCESS.name),
    refuseUnknown,
    parse(pack, name) {
      try {
        return parse(pack, name);
      } catch (error) {
        // The pack alone knows only that it has no such name.
        throw foreignScenario(name, pack, [...packs.values()]) ?? error;
      }
    },
  };
}
