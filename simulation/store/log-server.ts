import type { Command } from '../../mock-server/engine/commands.ts';
import type { LoggedCommand } from '../../mock-server/fleet/command-log.ts';
import type { Observation, ObservationBatch } from '../../mock-server/fleet/observation-log.ts';
import { behind } from '../../mock-server/fleet/store-errors.ts';

/** A command on its way to the log, as text, so that replicas cannot share objects. */
export interface SentCommand {
  readonly n: number;
  readonly text: string;
}

/** The logs in the simulated store. Every method is one atomic call. */
export interface LogServer {
  /** The place of the last command or batch of observations. */
  readonly place: number;
  /** The number of commands so far. */
  readonly count: number;
  append(by: string, sent: readonly SentCommand[]): void;
  /** Returns commands after a place, as a copy. @throws {CodedError} STORE_BEHIND */
  read(after: number, limit: number): readonly LoggedCommand[];
  /** @throws {CodedError} STORE_BEHIND when commands after a place were trimmed */
  refuseTrimmed(after: number): void;
  trim(upTo: number): void;
  /** Reads what was trimmed as well. */
  readonly untrimmed: LogServer;
  /** @param id identifies the batch, so that a repeated call has no effect */
  observe(id: string, observations: readonly Observation[]): void;
  observed(after: number): readonly ObservationBatch[];
  /** Calls a listener after each change. @returns a function that ends it */
  subscribe(listener: () => void): () => void;
}

interface StoredCommand extends Omit<LoggedCommand, 'command'> {
  readonly text: string;
}

export function createLogServer(now: () => number): LogServer {
  const commands: StoredCommand[] = [];
  const batches: ObservationBatch[] = [];
  const appended = new Map<string, number>();
  const observed = new Set<string>();
  const listeners = new Set<() => void>();
  let place = 0;
  let latestAt = 0;
  let trimmed = 0;

  function firstAfter(after: number): number {
    let low = 0;
    let high = commands.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((commands[middle]?.seq ?? 0) > after) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  function read(after: number, limit: number): readonly LoggedCommand[] {
    const from = firstAfter(after);
    return commands.slice(from, from + limit).map(({ text, ...rest }) => ({
      ...rest,
      command: JSON.parse(text) as Command,
    }));
  }

  function refuseTrimmed(after: number): void {
    if (after < trimmed) throw behind(after);
  }

  const server = (
    readAfter: LogServer['read'],
    refuse: LogServer['refuseTrimmed'],
  ): Omit<LogServer, 'untrimmed'> => ({
    get place() {
      return place;
    },
    get count() {
      return commands.length;
    },
    append(by, sent) {
      for (const { n, text } of sent) {
        if (n <= (appended.get(by) ?? 0)) continue;
        appended.set(by, n);
        place += 1;
        latestAt = Math.max(latestAt, Math.floor(now()));
        commands.push({ seq: place, wallAt: latestAt, by, n, text });
      }
      for (const listener of listeners) listener();
    },
    read: readAfter,
    refuseTrimmed: refuse,
    // The commands are kept, so that a snapshot can be compared with the live state; replicas cannot read them anymore.
    trim(upTo) {
      trimmed = Math.max(trimmed, upTo);
    },
    observe(id, observations) {
      if (observed.has(id)) return;
      observed.add(id);
      place += 1;
      batches.push({ seq: place, observations: JSON.parse(JSON.stringify(observations)) as Observation[] });
      for (const listener of listeners) listener();
    },
    observed: (after) => batches.filter(({ seq }) => seq > after),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  });

  const whole = server(read, () => undefined);
  const untrimmed: LogServer = Object.defineProperty(whole, 'untrimmed', {
    get: () => untrimmed,
  }) as LogServer;
  const trimming = server((after, limit) => {
    refuseTrimmed(after);
    return read(after, limit);
  }, refuseTrimmed);
  return Object.defineProperty(trimming, 'untrimmed', { value: untrimmed }) as LogServer;
}
