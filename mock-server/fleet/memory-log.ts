import type { Command } from '../engine/commands.ts';
import type { CommandLog, LoggedCommand } from './command-log.ts';
import { createLogReader, type LogReader } from './log-reader.ts';
import type { ObservationBatch, ObservationLog } from './observation-log.ts';
import { behind, unreachable } from './store-errors.ts';

/** Runs something later, in place of a network: the readers of a log in memory get their commands this way. */
export type Later = (run: () => void) => void;

export interface MemoryLogOptions {
  /** The time of the log. */
  readonly now: () => number;
  readonly later: Later;
}

/** A log in the memory of one process. */
export interface MemoryLog {
  /** The log as one replica sees it. */
  commandsOf(replica: string): CommandLog;
  observationsOf(replica: string): ObservationLog;
  /** Cuts off a replica: nothing that it appends arrives, and it reads nothing. */
  cut(replica: string): void;
}

export function createMemoryLog({ now, later }: MemoryLogOptions): MemoryLog {
  const commands = createCommandList();
  const batches: ObservationBatch[] = [];
  const appended = new Map<string, number>();
  const readers = new Map<string, LogReader>();
  const cutOff = new Set<string>();
  let place = 0;
  let latestAt = 0;

  function append(by: string, n: number, command: Command): void {
    if (n <= (appended.get(by) ?? 0)) return;
    appended.set(by, n);
    place += 1;
    latestAt = Math.max(latestAt, now());
    commands.push({ seq: place, wallAt: latestAt, by, n, command: copyOf(command) });
    for (const reader of readers.values()) reader.wake();
  }

  function reached(replica: string): Promise<void> {
    const reader = readers.get(replica);
    return reader === undefined || cutOff.has(replica) ? Promise.reject(unreachable()) : reader.reach(place);
  }

  function close(replica: string): void {
    readers.get(replica)?.close();
    readers.delete(replica);
  }

  return {
    commandsOf: (replica) => ({
      async append(n, command) {
        if (cutOff.has(replica)) throw unreachable();
        append(replica, n, command);
      },
      async open(after, apply) {
        const read = commands.readAfter(after);
        readers.set(replica, createLogReader({ later, read, apply, place: after, end: () => place }));
        await reached(replica);
      },
      async caughtUp() {
        const end = place;
        await reached(replica);
        return end;
      },
      now: () => Math.floor(now()),
      trim: async (upTo) => commands.trim(upTo),
      get trouble() {
        return cutOff.has(replica) ? unreachable().message : null;
      },
      close: async () => close(replica),
    }),
    observationsOf: (replica) => ({
      async append(observations) {
        if (cutOff.has(replica)) throw unreachable();
        place += 1;
        batches.push({ seq: place, observations: copyOf(observations) });
      },
      read: async (after) => batches.filter(({ seq }) => seq > after),
    }),
    cut(replica) {
      cutOff.add(replica);
      close(replica);
    },
  };
}

/** The commands that were not trimmed, in order. */
function createCommandList() {
  const commands: LoggedCommand[] = [];
  /** The number of commands that were removed from the start, and the place of the last of them. */
  let removed = 0;
  let trimmed = 0;

  function indexAfter(seq: number): number {
    const index = commands.findIndex((one) => one.seq > seq);
    return index < 0 ? commands.length : index;
  }

  return {
    push: (command: LoggedCommand): void => void commands.push(command),
    trim(upTo: number): void {
      trimmed = Math.max(trimmed, upTo);
      removed += commands.splice(0, indexAfter(upTo)).length;
    },
    /** Returns a function that returns one command after the other. @throws {CodedError} STORE_BEHIND */
    readAfter(after: number): () => LoggedCommand | null {
      if (after < trimmed) throw behind(after);
      let next = removed + indexAfter(after);
      return () => {
        const command = commands[next - removed];
        if (command === undefined) return null;
        next += 1;
        return command;
      };
    },
  };
}

/** Copied, as by a network. */
function copyOf<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value)) as Value;
}
