import { CodedError } from '../core/coded-error.ts';
import { STORE_LIMIT_MS, storeError } from './answer-in-time.ts';

/** A numbered text to append. */
export interface Numbered {
  readonly n: number;
  readonly text: string;
}

/** Appends texts in batches: all that are there when the previous batch was answered. */
export interface RedisAppender {
  /** Resolves when the text is appended. @throws {CodedError} STORE_UNREACHABLE */
  append(item: Numbered): Promise<void>;
  /** Since when the server has not answered, in milliseconds of `localNow`; null when no answer is expected. */
  readonly waitingSince: number | null;
  /** Rejects everything that waits. */
  close(error: CodedError): void;
}

/** Commands in one call of the script, at most: the server does nothing else in the meantime. */
const BATCH = 200;
/** How often the age of waiting texts is checked. */
const CHECK_MS = 250;

interface WaitingAppend extends Numbered {
  readonly since: number;
  readonly resolve: () => void;
  readonly reject: (error: CodedError) => void;
}

/**
 * A text that was not sent in time is dropped. One that was sent is in the hands of the connection, which repeats it
 * until it is answered, even if its caller has received an error because it took too long.
 */
export function createRedisAppender(
  send: (batch: readonly Numbered[]) => Promise<void>,
  { limitMs = STORE_LIMIT_MS, localNow = () => performance.now() } = {},
): RedisAppender {
  let waiting: WaitingAppend[] = [];
  let sent: WaitingAppend[] = [];
  let sentAt: number | null = null;
  let checking: NodeJS.Timeout | undefined;
  let scheduled = false;

  function refuseLate(): void {
    const error = lateError(limitMs);
    const isLate = ({ since }: WaitingAppend): boolean => localNow() - since >= limitMs;
    for (const item of [...sent, ...waiting]) if (isLate(item)) item.reject(error);
    waiting = waiting.filter((item) => !isLate(item));
    if (sent.length + waiting.length === 0) stopChecking();
  }

  function stopChecking(): void {
    clearInterval(checking);
    checking = undefined;
  }

  async function sendAll(): Promise<void> {
    scheduled = false;
    while (waiting.length > 0) {
      sent = waiting.splice(0, BATCH);
      sentAt = localNow();
      try {
        await send(sent);
        for (const { resolve } of sent) resolve();
      } catch (error) {
        for (const { reject } of sent) reject(storeError(error));
      }
      sent = [];
      sentAt = null;
    }
    stopChecking();
  }

  return {
    append: ({ n, text }) =>
      new Promise((resolve, reject) => {
        waiting.push({ n, text, since: localNow(), resolve, reject });
        checking ??= setInterval(refuseLate, CHECK_MS).unref();
        if (scheduled || sentAt !== null) return;
        scheduled = true;
        queueMicrotask(() => void sendAll());
      }),
    get waitingSince() {
      return sentAt;
    },
    close(error) {
      for (const { reject } of [...sent, ...waiting]) reject(error);
      waiting = [];
      stopChecking();
    },
  };
}

function lateError(limitMs: number): CodedError {
  return new CodedError(
    'STORE_UNREACHABLE',
    `the Redis server of the store did not answer within ${limitMs / 1000} s`,
    'Start the Redis server, or check the URL of the store.',
  );
}
