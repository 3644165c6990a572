import { CodedError } from '../core/coded-error.ts';
import { SUCCESS } from '../core/success.ts';
import type { Account, Scenario } from '../core/types.ts';
import type { Journal } from '../journal/journal.ts';
import type { PackedEntry } from '../journal/journal-entry.ts';
import type { Pack } from '../packs/pack.ts';
import {
  createScenarioParser,
  type ParseScenario,
  rejectForAll,
  scenarioOfOtherPack,
} from '../scenarios/parse-scenario.ts';
import { createScenarioQueue, type QueuedScenario } from '../scenarios/scenario-queue.ts';

/** The queue of scenarios for upcoming submissions. */
export interface ScenarioStore {
  /** The number of queued entries. */
  readonly waiting: number;
  /** The first entries of the queue. */
  next(most: number): QueuedScenario[];
  /** Adds a scenario to the queue. @throws {CodedError} SCENARIO_UNKNOWN, QUEUE_FULL */
  enqueue(scenario: string, options?: { times?: number; account?: Account | null }): QueuedScenario;
  /** Takes the next scenario for this account that the pack supports; null if none matches. */
  take(account: Account, pack: Pack): string | null;
  /** The server's default scenario if the pack supports it; otherwise `success`. */
  fallbackFor(pack: Pack): string;
  clear(account?: Account): void;
  /** Accepts a name when at least one pack knows it. @throws {CodedError} SCENARIO_UNKNOWN */
  refuseUnknown(scenario: string): void;
  /** Parses a scenario for a pack. @throws {CodedError} SCENARIO_UNKNOWN */
  parse(pack: Pack, name: string): Scenario;
}

/** A limit, because each entry may have a name of a thousand characters. */
const MAX_QUEUED = 10_000;

export function createScenarioStore(
  packs: ReadonlyMap<string, Pack>,
  journal: Journal,
  fallback: string,
): ScenarioStore {
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
    if (!all.some((pack) => knows(pack, name))) rejectForAll(name, all);
  }

  /** The queue is derived from the journal. */
  function apply(record: PackedEntry): void {
    if (record.type === 'scenario.queued') queue.add(record);
    else if (record.type === 'scenario.taken') queue.take(record.account, record.scenario);
    else if (record.type === 'scenario.cleared') queue.clear(record.account ?? undefined);
    else if (record.type === 'server.reset') queue.clear();
  }
  journal.addFold({
    name: 'scenario-queue',
    counted: [],
    apply,
    save: () => queue.entries,
    load: (queued) => queue.add(queued as QueuedScenario),
  });

  return {
    get waiting() {
      return queue.size;
    },
    next: queue.first,
    enqueue(scenario, { times = 1, account = null } = {}) {
      refuseUnknown(scenario);
      if (queue.size >= MAX_QUEUED) {
        throw new CodedError(
          'QUEUE_FULL',
          `the queue has reached its limit of ${MAX_QUEUED} scenarios`,
          'Queue a scenario once with "times", or clear the queue with DELETE /__admin/scenarios.',
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
        // The pack's own parser does not know the scenarios of other packs.
        throw scenarioOfOtherPack(name, pack, [...packs.values()]) ?? error;
      }
    },
  };
}
