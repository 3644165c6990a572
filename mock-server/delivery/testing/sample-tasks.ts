import { planTask } from '../../core/plan.ts';
import type { Account, Capacity, Plan } from '../../core/types.ts';
import { createJournal } from '../../journal/journal.ts';
import { createPlanPacker } from '../../journal/packed-plan.ts';
import type { TaskRecord } from '../../journal/stored-task.ts';
import { createTaskStore } from '../../journal/task-store.ts';
import { builtInPackDirs, loadPack } from '../../packs/load-pack.ts';
import type { Pack, PackEvent, SubmitOperation } from '../../packs/pack.ts';
import { createScenarioParser } from '../../scenarios/parse-scenario.ts';

export const START_AT = 1_000_000;
/** The distance of wall time from service time, so that a test notices when they are confused. */
export const WALL_AHEAD_MS = 5_000_000;
export const SAMPLE_URL = 'http://127.0.0.1:1/callback';
export const SAMPLE_ACCOUNT = 'key-1' as Account;

interface SampleTask {
  readonly scenario?: string;
  readonly seed?: string;
  readonly account?: Account;
  /** Null for a request without a callback URL. */
  readonly url?: string | null;
  readonly instant?: boolean;
  readonly capacity?: Capacity | null;
}

export interface Sender {
  readonly pack: Pack;
  readonly operation: SubmitOperation;
  readonly event: PackEvent;
}

/** Returns the first pack that is suitable and sends callbacks, with its first submission that leads to one. */
export function samplePack(isSuitable: (pack: Pack) => boolean = () => true): Sender {
  for (const dir of builtInPackDirs()) {
    const pack = loadPack(dir);
    if (!isSuitable(pack)) continue;
    for (const operation of pack.operations) {
      if (operation.type !== 'submit' || operation.event === null || operation.parent !== null) continue;
      return { pack, operation, event: operation.event };
    }
  }
  throw new Error('none of the packs is suitable');
}

/** Returns an operation whose requests all name this callback URL. */
export function withUrl(operation: SubmitOperation, url: unknown = SAMPLE_URL): SubmitOperation {
  const callbackUrlOf = (): unknown => url;
  const callbacks = operation.callbacks.map((source) => ({ ...source, urlOf: callbackUrlOf }));
  return { ...operation, callbackUrlOf, callbacks };
}

/** Creates a journal and a store of tasks with a clock that the test moves. */
export function createSampleTasks({ pack, operation, event }: Sender = samplePack()) {
  const time = { at: START_AT, touches: 0 };
  const clock = {
    now: () => time.at,
    wallNow: () => time.at + WALL_AHEAD_MS,
    touch: () => {
      time.touches += 1;
    },
  };
  const journal = createJournal({ ...clock, keep: 1000, file: null });
  const tasks = createTaskStore();
  const packer = createPlanPacker();
  const parse = createScenarioParser(pack);
  journal.subscribe(tasks.apply);
  let made = 0;

  function plan(sample: SampleTask = {}): Plan {
    made += 1;
    const { scenario = 'success', seed = `seed-${made}`, account = SAMPLE_ACCOUNT } = sample;
    const { url = SAMPLE_URL, instant = false, capacity = null } = sample;
    return planTask({
      rules: operation.kind,
      operation: operation.id,
      account,
      scenario: parse(scenario),
      request: {},
      pathParams: null,
      parentId: null,
      announcement: url === null ? null : { event: event.name, url, signals: event.signals },
      origin: 'http://media.test',
      seed,
      submittedAt: time.at,
      speed: 1,
      instant,
      capacity,
    });
  }

  function add(sample: SampleTask | Plan = {}): TaskRecord {
    const added = 'taskId' in sample ? sample : plan(sample);
    const { taskId } = added;
    journal.append({ type: 'task.submitted', taskId, packed: packer.pack(added), seed: taskId });
    const task = tasks.get(taskId);
    if (task === undefined) throw new Error('the store did not accept the task');
    return task;
  }

  return {
    pack,
    packs: new Map([[pack.name, pack]]),
    operation,
    event,
    time,
    clock,
    journal,
    tasks,
    packer,
    plan,
    add,
    /** Types of the journal's entries. */
    types: (): string[] => journal.entries().map(({ type }) => type),
  };
}
