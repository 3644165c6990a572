import { execFileSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Crowd, openCrowd } from '../../fixtures/clients/open-crowd.ts';
import { openRawConnection } from '../../fixtures/clients/raw-connection.ts';
import { runwayCalls } from '../../fixtures/clients/runway-calls.ts';
import { HANG_LIMIT_MS } from '../../fixtures/hang-limit.ts';
import { median } from '../../fixtures/load/quantile.ts';
import { createMockServer, type MockServer } from '../index.ts';

/** Number of connections: a few in every run, 10,000 on demand (`npm run test:crowd`). */
const SOCKETS = Number(process.env.STUNTDOUBLE_SOCKETS ?? 500);
/** Number of other files that the process has open. */
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

/** Returns the limit of open files for this process; infinite if it is unknown. */
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

/** Returns the time that a new client waits for an answer, including the connection. */
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

async function medianWait(): Promise<number> {
  const waits: number[] = [];
  for (let n = 0; n < REQUESTS; n++) waits.push(await askOnce());
  return median(waits);
}

describe('many slow connections', () => {
  it(
    `do not delay other clients: ${SOCKETS} idle, slow and non-reading connections`,
    async (context) => {
      const limit = openFilesLimit();
      context.skip(
        limit < SOCKETS + OTHER_FILES,
        `ulimit -n is ${limit}, and ${SOCKETS + OTHER_FILES} are needed`,
      );
      const media = await finishedVideo();
      const alone = await medianWait();
      const gatheredAt = performance.now();
      crowd = await openCrowd(media, SOCKETS);
      const gatheringMs = performance.now() - gatheredAt;
      // On a slow machine, the first connections have already timed out.
      expect(crowd.connected).toBeGreaterThan(SOCKETS * 0.9);
      const among = await medianWait();
      // Queueing behind the slow connections would take seconds instead of milliseconds.
      expect(among / alone).toBeLessThan(300);
      await crowd.disperse();
      await askOnce();
      if (process.env.STUNTDOUBLE_SOCKETS === undefined) return;
      process.stdout.write(
        `${crowd.connected} connections in ${Math.round(gatheringMs)} ms; a request took ` +
          `${among.toFixed(1)} ms in the median among them, and ${alone.toFixed(1)} ms alone\n`,
      );
    },
    HANG_LIMIT_MS + SOCKETS * 10,
  );
});
