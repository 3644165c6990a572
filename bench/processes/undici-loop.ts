import { Pool } from 'undici';
import { processorMs } from './processor-time.ts';
import { serveCalls } from './serve-calls.ts';

export interface Posts {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent in turn until `count` is reached. */
  readonly bodies: readonly string[];
  readonly count: number;
  readonly concurrency: number;
}

/** The bare loop: posts, reads the answer, and posts the next, without ledger, journal, or clock. */
async function post({ url, headers, bodies, count, concurrency }: Posts) {
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin, { connections: concurrency, pipelining: 1 });
  const workedBefore = processorMs();
  const startedAt = performance.now();
  let sent = 0;
  const lane = async (): Promise<void> => {
    while (sent < count) {
      const body = bodies[sent++ % bodies.length] ?? '';
      const response = await pool.request({ path: pathname, method: 'POST', headers, body });
      await response.body.text();
      if (response.statusCode !== 200) throw new Error(`the receiver answered ${response.statusCode}`);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  const result = { elapsedMs: performance.now() - startedAt, workedMs: processorMs() - workedBefore };
  await pool.close();
  return result;
}

const calls = { post };
export type UndiciLoop = typeof calls;
serveCalls(calls);
