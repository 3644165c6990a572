import { CodedError } from '../core/coded-error.ts';

/** How long a call waits for the store before it is refused, wall time. */
export const STORE_LIMIT_MS = 5_000;

/** Waits for an answer of the store. @throws {CodedError} STORE_UNREACHABLE when it takes too long or the connection is closed */
export async function answerInTime<T>(answer: Promise<T>, limitMs = STORE_LIMIT_MS): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(unreachable(`no answer within ${limitMs / 1000} s`)), limitMs);
  });
  try {
    return await Promise.race([answer, limit]);
  } catch (error) {
    throw storeError(error);
  } finally {
    clearTimeout(timer);
  }
}

/** Returns the error of a call to the store with a code. */
export function storeError(error: unknown): CodedError {
  if (error instanceof CodedError) return error;
  const { message } = error as Error;
  if (message.startsWith('OOM')) {
    return new CodedError(
      'STORE_UNREACHABLE',
      'the Redis server has no memory left',
      'Raise its maxmemory, or remove keys that are not needed.',
    );
  }
  return unreachable(message);
}

function unreachable(reason: string): CodedError {
  return new CodedError(
    'STORE_UNREACHABLE',
    `the Redis server of the store cannot be reached: ${reason}`,
    'Start the Redis server, or check the URL of the store.',
  );
}
