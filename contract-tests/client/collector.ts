import type { JournalEntry, Pack } from '../../mock-server/index.ts';
import { callIndexOf } from './call-index.ts';
import type {
  Answered,
  ApiCall,
  CallbackAttempt,
  ClientDownload,
  Evidence,
  Measures,
  RunFacts,
} from './evidence.ts';
import { StoredCall } from './read-call.ts';
import { createRunClock } from './run-clock.ts';
import { createTaskLives } from './task-lives.ts';

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
  const clock = createRunClock(measures);
  const tasks = createTaskLives(clock);
  const calls = new Map<string, ApiCall[]>();
  const attempts: CallbackAttempt[] = [];
  const downloads: ClientDownload[] = [];

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
      own.push(new StoredCall(clock.happening(entry), entry, pack));
      // Each call is indexed on arrival, so that the first case does not have to index a long journal.
      callIndexOf(own);
    }
  }

  function add(entry: JournalEntry): void {
    clock.see(entry);
    switch (entry.type) {
      case 'request.answered':
        return addCall(entry);
      case 'task.submitted':
        return tasks.add(entry);
      case 'media.served':
        downloads.push({ ...clock.happening(entry), entry });
        return;
      case 'attempt.ended':
        // A handshake tells the client nothing about its task.
        if (entry.kind === 'handshake') return;
        attempts.push({ ...clock.happening(entry), entry, isAcknowledged: isAcknowledged(entry.attempt) });
        return;
      case 'task.amended':
      case 'task.changed':
      case 'task.expired':
        return tasks.change(entry);
    }
  }

  return {
    add,
    isUsed: ({ name }) => calls.has(name),
    evidenceOn: (pack, run, endedAt) => ({
      ...measures,
      pack,
      run,
      calls: callsOf(pack),
      tasks: tasks.of(pack),
      attempts,
      downloads,
      endsAtMs: clock.endsAtMs(endedAt),
    }),
  };
}

function isAcknowledged({ outcome }: CallbackAttempt['entry']['attempt']): boolean {
  return outcome === 'acknowledged';
}
