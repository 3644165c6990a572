import { execFileSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Crowd, openCrowd } from '../../fixtures/clients/open-crowd.ts';
import { openRawConnection } from '../../fixtures/clients/raw-connection.ts';
import { runwayCalls } from '../../fixtures/clients/runway-calls.ts';
import { HANG_LIMIT_MS } from '../../fixtures/hang-limit.ts';
import { createMockServer, type MockServer } from '../index.ts';

/** A few in every run, 10,000 on demand (`npm run test:crowd`). */
const SOCKETS = Number(process.env.STUNTDOUBLE_SOCKETS ?? 500);
/** What a process has open besides. */
const OTHER_FILES = 200;
const REQUESTS = 25;

let mock: MockServer;
let crowd: Crowd | undefined;
beforeEach(async () => {
  mock = await createMockServer({ clock: 'virtual', seed: 7 }).listen();
});
afterEach(async () => {
  await crowd?.disperse();
  await mock.close();
});

/** How many files a process may have open; no limit where nobody can be asked. */
function openFilesLimit(): number {
  if (process.platform === 'win32') return Number.POSITIVE_INFINITY;
  const limit = execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }).trim();
  return limit === 'unlimited' ? Number.POSITIVE_INFINITY : Number(limit);
}

async function finishedVideo(): Promise<URL> {
  const api = runwayCalls(mock.url);
  const { taskId } = await api.generate();
  await mock.clock.advance('2m');
  return new URL((await api.details(taskId)).body.data.videoInfo.videoUrl);
}

/** How long a newcomer waits for an answer, connecting included. */
async function askOnce(): Promise<number> {
  const startedAt = performance.now();
  const connection = openRawConnection(mock.url);
  connection.send(
    'GET /api/v1/runway/record-detail?taskId=nobody HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer k\r\n\r\n',
  );
  const { body } = await connection.answer();
  const durationMs = performance.now() - startedAt;
  connection.destroy();
  expect(JSON.parse(body.toString())).toMatchObject({ code: 404 });
  return durationMs;
}

describe('a crowd', () => {
  it(
    `of ${SOCKETS} connections, idle, slow and deaf, lets others through within a second`,
    async (context) => {
      const limit = openFilesLimit();
      context.skip(
        limit < SOCKETS + OTHER_FILES,
        `ulimit -n is ${limit}, and ${SOCKETS + OTHER_FILES} are needed`,
      );
      const gatheredAt = performance.now();
      crowd = await openCrowd(await finishedVideo(), SOCKETS);
      const gatheringMs = performance.now() - gatheredAt;
      // Where they are slow to come, the first slow ones have been sent away by then.
      expect(crowd.connected).toBeGreaterThan(SOCKETS * 0.9);
      const waits: number[] = [];
      for (let n = 0; n < REQUESTS; n++) waits.push(await askOnce());
      const [median = Number.POSITIVE_INFINITY] = waits.sort((a, b) => a - b).slice(REQUESTS >> 1);
      expect(median).toBeLessThan(1000);
      await crowd.disperse();
      await askOnce();
      if (process.env.STUNTDOUBLE_SOCKETS === undefined) return;
      process.stdout.write(
        `${crowd.connected} connections in ${Math.round(gatheringMs)} ms; beside them, a request took ` +
          `${median.toFixed(1)} ms in the median and ${Math.max(...waits).toFixed(1)} ms at most\n`,
      );
    },
    HANG_LIMIT_MS + SOCKETS * 10,
  );
});
