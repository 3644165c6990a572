import type { Redis } from 'ioredis';
import { CodedError } from '../core/coded-error.ts';
import { answerInTime } from './answer-in-time.ts';
import type { CommandLog } from './command-log.ts';
import { createLogTime } from './log-time.ts';
import { createRedisAppender, type Numbered } from './redis-appender.ts';
import type { RedisClients } from './redis-client.ts';
import { APPEND, HEAD } from './redis-log-scripts.ts';
import { createRedisScript } from './redis-script.ts';
import { createStreamReader } from './redis-stream-reader.ts';

export interface RedisLogOptions {
  readonly clients: RedisClients;
  /** Connection for everything but waiting. */
  readonly connection: Redis;
  readonly replica: string;
  /** Identifies this log: a log that was deleted and created again has another. */
  readonly epoch: string;
  /** Called when the server has lost changes: this replica can follow the others no longer. */
  readonly onLost: () => void;
}

/** A log whose connection tells others what time it is. */
export interface RedisLog extends CommandLog {
  /** Takes a time of the server, in microseconds. */
  heard(serverMicros: number): void;
}

/** Where the log ends. */
interface LogHead {
  readonly seq: number;
  /** Place of the last command. */
  readonly command: number;
}

/** How long the server may take before the log counts as out of reach. */
const PATIENCE_MS = 2_000;

const append = createRedisScript(APPEND);
const head = createRedisScript(HEAD);

export function createRedisLog(options: RedisLogOptions): RedisLog {
  const { clients, connection, replica, epoch, onLost } = options;
  const keys = { head: `${clients.prefix}:head`, stream: `${clients.prefix}:commands` };
  const time = createLogTime();
  let seen = 0;
  let lost: CodedError | null = null;

  function lose(error: CodedError): void {
    if (lost !== null) return;
    lost = error;
    onLost();
  }

  /** Reads the answer of a script. @param known the end of the log as it was known when the script was sent */
  function headIn(answer: unknown, known: number): LogHead {
    const [foundEpoch, seqText, commandText, micros] = answer as [string, string, string, string];
    const seq = Number(seqText);
    // Answers that arrive together are read in any order, so the end may be known to be further by now.
    if (foundEpoch !== epoch || seq < known) lose(lostError());
    if (lost !== null) throw lost;
    seen = Math.max(seen, seq);
    time.sample(Number(micros) / 1000);
    return { seq, command: Number(commandText) };
  }

  async function send(batch: readonly Numbered[]): Promise<void> {
    const items = batch.flatMap(({ n, text }) => [n, text]);
    const from = `${clients.prefix}:from:${replica}`;
    const known = seen;
    const scriptKeys = [keys.head, keys.stream, from];
    headIn(await append.run(connection, scriptKeys, [epoch, known, replica, ...items]), known);
  }

  const appender = createRedisAppender(send);
  const reader = createStreamReader(clients, keys.stream, lose);
  const readHead = shareCalls(async () => {
    const known = seen;
    return headIn(await answerInTime(head.run(connection, [keys.head], [])), known);
  });

  return {
    async append(n, command) {
      if (lost !== null) throw lost;
      await appender.append({ n, text: JSON.stringify(command) });
    },
    async open(after, apply) {
      const { command } = await readHead();
      if (command > after) await refuseMissing(connection, keys.stream);
      reader.open(after, apply);
      await reader.applied(command);
    },
    async caughtUp() {
      const { seq, command } = await readHead();
      await answerInTime(reader.applied(command));
      return seq;
    },
    now: time.now,
    heard: (micros) => time.sample(micros / 1000),
    async trim(upTo) {
      await answerInTime(connection.xtrim(keys.stream, 'MINID', `${upTo + 1}-0`));
    },
    get trouble() {
      if (lost !== null) return lost.message;
      if (connection.status !== 'ready') return 'the Redis server of the store cannot be reached';
      const { waitingSince } = appender;
      return waitingSince !== null && performance.now() - waitingSince > PATIENCE_MS
        ? 'the Redis server of the store does not answer'
        : null;
    },
    async close() {
      const error = closedError();
      appender.close(error);
      reader.close(error);
    },
  };
}

/** A stream that has no commands although there are some was removed. */
async function refuseMissing(connection: Redis, stream: string): Promise<void> {
  if ((await answerInTime(connection.xlen(stream))) === 0) throw lostError();
}

/** Makes one call for all that ask before it is sent. One that is already on its way is too old for them. */
function shareCalls<T>(call: () => Promise<T>): () => Promise<T> {
  let next: Promise<T> | undefined;
  return () => {
    next ??= Promise.resolve().then(() => {
      next = undefined;
      return call();
    });
    return next;
  };
}

function lostError(): CodedError {
  return new CodedError(
    'STORE_BEHIND',
    'the Redis server of the store has lost changes that were already applied',
    'Restart all replicas, and start the Redis server with --appendonly yes.',
  );
}

function closedError(): CodedError {
  return new CodedError('STORE_UNREACHABLE', 'this replica has left its store');
}
