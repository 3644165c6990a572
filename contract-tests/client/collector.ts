import type { JournalEntry, Pack } from '../../mock-server/index.ts';
import { callIndexOf } from './call-index.ts';
import type {
  ApiCall,
  CallbackAttempt,
  Download,
  Evidence,
  Happening,
  Measures,
  RunFacts,
  TaskLife,
} from './evidence.ts';
import { StoredCall } from './read-call.ts';

type Answered = Extract<JournalEntry, { readonly type: 'request.answered' }>;
type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Collects evidence entry by entry, so that the judge of a long journal can pause in between. */
export interface Collector {
  add(entry: JournalEntry): void;
  /** Whether the client called the vendor of this pack. */
  isUsed(pack: Pack): boolean;
  /** Returns the evidence so far on one pack. @param endedAt end of the run, ISO 8601 (default: time of the last entry) */
  evidenceOn(pack: Pack, run: RunFacts | null, endedAt?: string): Evidence;
}

/**
 * Creates a collector.
 * @param ownsAll whether calls that match no vendor belong to the client, as in a run with its own mock
 */
export function createCollector(packs: readonly Pack[], measures: Measures, ownsAll: boolean): Collector {
  const calls = new Map<string, ApiCall[]>();
  const tasks = new Map<string, TaskLife[]>();
  const latest = new Map<string, Writable<TaskLife>>();
  const attempts: CallbackAttempt[] = [];
  const downloads: Download[] = [];
  let first: JournalEntry | undefined;
  let last: JournalEntry | undefined;

  const scaled = (wallAt: string): number =>
    (Date.parse(wallAt) - Date.parse(first?.wallAt ?? '')) * measures.timeScale;
  const timeOf = ({ at, wallAt }: Pick<JournalEntry, 'at' | 'wallAt'>): number =>
    measures.time === 'service' ? Date.parse(at) - Date.parse(first?.at ?? at) : scaled(wallAt);
  const happening = (entry: JournalEntry): Happening => ({ seq: entry.seq, atMs: timeOf(entry) });

  function callsOf({ name }: Pack): ApiCall[] {
    const own = calls.get(name) ?? [];
    calls.set(name, own);
    return own;
  }

  function addCall(entry: Answered): void {
    // A browser sends preflight requests, not the client.
    if (entry.route === 'preflight') return;
    for (const pack of packs) {
      if (entry.pack !== pack.name && !(ownsAll && entry.route === 'unknown')) continue;
      const own = callsOf(pack);
      own.push(new StoredCall(happening(entry), entry, pack));
      // Each call is indexed on arrival, so that the first case does not have to index a long journal.
      callIndexOf(own);
    }
  }

  function addTask(entry: Extract<JournalEntry, { readonly type: 'task.submitted' }>): void {
    const { taskId: id, plan } = entry;
    const life = { ...happening(entry), id, plan, endedAtMs: null, expiredSeq: null };
    latest.set(id, life);
    const own = tasks.get(plan.pack);
    if (own === undefined) tasks.set(plan.pack, [life]);
    else own.push(life);
  }

  function add(entry: JournalEntry): void {
    first ??= entry;
    last = entry;
    switch (entry.type) {
      case 'request.answered':
        return addCall(entry);
      case 'task.submitted':
        return addTask(entry);
      case 'media.served':
        downloads.push({ ...happening(entry), entry });
        return;
      case 'attempt.ended':
        attempts.push({
          ...happening(entry),
          entry,
          isAcknowledged: entry.attempt.outcome === 'acknowledged',
        });
        return;
      case 'task.amended':
      case 'task.changed':
      case 'task.expired': {
        const life = latest.get(entry.taskId);
        if (life !== undefined) applyChange(life, entry, timeOf);
        return;
      }
    }
  }

  return {
    add,
    isUsed: ({ name }) => calls.has(name),
    evidenceOn(pack, run, endedAt) {
      const endsAtMs = last === undefined ? 0 : timeOf(last);
      return {
        ...measures,
        pack,
        run,
        calls: callsOf(pack),
        tasks: tasks.get(pack.name) ?? [],
        attempts,
        downloads,
        endsAtMs:
          endedAt === undefined || measures.time === 'service'
            ? endsAtMs
            : Math.max(endsAtMs, scaled(endedAt)),
      };
    },
  };
}

type Change = Extract<JournalEntry, { readonly type: 'task.amended' | 'task.changed' | 'task.expired' }>;

function applyChange(life: Writable<TaskLife>, entry: Change, timeOf: (entry: JournalEntry) => number): void {
  if (entry.type === 'task.amended') life.plan = entry.plan;
  else if (entry.type === 'task.expired') life.expiredSeq = entry.seq;
  else if (entry.index === life.plan.steps.length - 1) life.endedAtMs = timeOf(entry);
}
