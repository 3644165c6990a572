import type { Redis } from 'ioredis';
import { CodedError } from '../core/coded-error.ts';
import type { LoggedCommand } from './command-log.ts';
import { readLoggedText } from './logged-text.ts';
import type { RedisClients } from './redis-client.ts';

/** Applies the commands of a stream, one after the other. */
export interface StreamReader {
  /** Begins after a place. */
  open(after: number, apply: (logged: LoggedCommand) => void): void;
  /** Resolves when the command at a place is applied. */
  applied(place: number): Promise<void>;
  /** Applies no more commands, and rejects what waits. */
  close(error: CodedError): void;
}

interface EntryWaiter {
  readonly place: number;
  readonly resolve: () => void;
  readonly reject: (error: CodedError) => void;
}

/** Read at once, at most: requests are answered between two reads. */
const READ = 200;
/** How long one read waits for a command. */
const BLOCK_MS = 2_000;
/** Wall time after which a read that the server refused is repeated. */
const RETRY_MS = 100;

/** @param onLost called when the stream cannot be followed any longer */
export function createStreamReader(
  clients: RedisClients,
  stream: string,
  onLost: (error: CodedError) => void,
): StreamReader {
  let waiting: EntryWaiter[] = [];
  let connection: Redis | undefined;
  let last = 0;
  let failure: CodedError | null = null;

  function fail(error: CodedError): void {
    failure ??= error;
    for (const { reject } of waiting) reject(failure);
    waiting = [];
  }

  function resolveReached(): void {
    if (waiting.length === 0) return;
    const reached = waiting.filter(({ place }) => place <= last);
    waiting = waiting.filter(({ place }) => place > last);
    for (const { resolve } of reached) resolve();
  }

  /** @throws {CodedError} STORE_BEHIND; and what `apply` throws */
  function applyOne(id: string, text: string, apply: (logged: LoggedCommand) => void): void {
    const { previous, ...logged } = readLoggedText(id, text);
    if (previous > last) throw behindError();
    apply(logged);
    last = logged.seq;
  }

  async function follow(from: Redis, apply: (logged: LoggedCommand) => void): Promise<void> {
    while (failure === null) {
      for (const [id, [, text = '']] of await readNext(from, stream, last)) {
        if (failure !== null) return;
        applyOne(id, text, apply);
      }
      resolveReached();
    }
  }

  return {
    open(after, apply) {
      last = after;
      connection = clients.connect();
      follow(connection, apply).catch((error: unknown) => {
        const lost = error instanceof CodedError ? error : defectError(error);
        onLost(lost);
        fail(lost);
      });
    },
    applied(place) {
      if (failure !== null) return Promise.reject(failure);
      if (place <= last) return Promise.resolve();
      return new Promise((resolve, reject) => waiting.push({ place, resolve, reject }));
    },
    close(error) {
      fail(error);
      connection?.disconnect();
    },
  };
}

/** Returns the next entries of a stream; an empty list after a while without any, or when the server refuses to answer. */
async function readNext(from: Redis, stream: string, last: number): Promise<[string, string[]][]> {
  try {
    const answer = await from.xread('COUNT', READ, 'BLOCK', BLOCK_MS, 'STREAMS', stream, `${last}-0`);
    return answer?.[0]?.[1] ?? [];
  } catch {
    // For example while the server changes its role. Without a pause, a closed connection would be asked forever.
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    return [];
  }
}

function behindError(): CodedError {
  return new CodedError(
    'STORE_BEHIND',
    'the store does not contain all changes that this replica has not applied',
    'Restart this replica.',
  );
}

function defectError(error: unknown): CodedError {
  return new CodedError(
    'STORE_BEHIND',
    `a change of the store cannot be applied: ${(error as Error).message}`,
  );
}
