import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runwayCalls } from '../fixtures/clients/runway-calls.ts';
import { HANG_LIMIT_MS } from '../fixtures/hang-limit.ts';
import { openReceiver, type ScriptedReceiver } from '../fixtures/receivers/scripted-receiver.ts';
import { createRandom } from '../mock-server/core/random.ts';

/** `STUNTDOUBLE_KILLS=100 npm run test:kill` is the long form. */
const KILLS = Number(process.env.STUNTDOUBLE_KILLS ?? 4);
const SEED = process.env.STUNTDOUBLE_KILL_SEED ?? 'kill';
const SUBMITTERS = 8;

interface Task {
  readonly id: string;
  readonly plan: unknown;
  readonly deliveries: readonly {
    readonly status: string;
    readonly attempts: readonly { readonly outcome: string }[];
  }[];
}

interface Running {
  readonly child: ChildProcessWithoutNullStreams;
  readonly url: string;
  readonly ended: Promise<void>;
}

let dir: string;
let receiver: ScriptedReceiver;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'stuntdouble-kill-'));
  receiver = await openReceiver();
});
afterAll(() => {
  receiver.close();
  rmSync(dir, { recursive: true });
});

async function start(): Promise<Running> {
  const child = spawn(process.execPath, [
    join(import.meta.dirname, '../dist/cli/main.js'),
    ...['start', '--port', '0', '--quiet', '--data', dir, '--speed', '500', '--keep', '1000000'],
  ]);
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    let seen = '';
    const read = (chunk: Buffer): void => {
      seen += chunk;
      const found = /listening on (http:\S+)/.exec(seen)?.[1];
      if (found !== undefined) resolve(found);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    void ended.then(() => reject(new Error(`the mock did not start: ${seen}`)));
  });
  return { child, url, ended };
}

/** Submits until the mock is gone; what was answered is what counts. */
async function load(url: string, answered: Set<string>, name: string): Promise<void> {
  const api = runwayCalls(url);
  for (let n = 0; ; n++) {
    try {
      const { taskId } = await api.generate({ prompt: `${name} ${n}`, callBackUrl: receiver.url });
      answered.add(taskId);
    } catch {
      return;
    }
  }
}

async function tasksOf(url: string): Promise<readonly Task[]> {
  return (await fetch(`${url}/__admin/tasks?limit=1000000`)).json() as Promise<readonly Task[]>;
}

describe('kill -9 at random moments under load', () => {
  it(
    `loses nothing that was answered, in ${KILLS} kills`,
    async () => {
      const random = createRandom(SEED);
      const answered = new Set<string>();
      const plans = new Map<string, string>();

      function compare(tasks: readonly Task[]): void {
        const present = new Set(tasks.map(({ id }) => id));
        expect([...answered].filter((id) => !present.has(id))).toEqual([]);
        for (const { id, plan } of tasks) {
          const text = JSON.stringify(plan);
          expect(plans.get(id) ?? text).toBe(text);
          plans.set(id, text);
        }
      }

      for (let kill = 0; kill < KILLS; kill++) {
        const { child, url, ended } = await start();
        compare(await tasksOf(url));
        const loads = Array.from({ length: SUBMITTERS }, (_, n) => load(url, answered, `${kill}.${n}`));
        const timer = setTimeout(() => child.kill('SIGKILL'), random.between(20, 400));
        await ended;
        clearTimeout(timer);
        await Promise.all(loads);
      }

      const last = await start();
      // On the real clock, too, this answers only when all callbacks and retries have happened.
      const advanced = await fetch(`${last.url}/__admin/clock`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"advance":"1d"}',
      });
      expect(advanced.status).toBe(200);
      const tasks = await tasksOf(last.url);
      compare(tasks);
      last.child.kill('SIGTERM');
      await last.ended;

      const posts = new Map<string, number>();
      for (const { body } of receiver.posts) {
        const id = (JSON.parse(body) as { data: { task_id: string } }).data.task_id;
        posts.set(id, (posts.get(id) ?? 0) + 1);
      }
      let interrupted = 0;
      for (const { id, deliveries } of tasks) {
        const attempts = deliveries.flatMap((delivery) => delivery.attempts);
        const cutShort = attempts.filter(({ outcome }) => outcome === 'interrupted').length;
        interrupted += cutShort;
        expect(deliveries.map(({ status }) => status)).toEqual(['acknowledged']);
        // A POST that was cut short may or may not have arrived; the others have, once each.
        expect(posts.get(id)).toBeGreaterThanOrEqual(attempts.length - cutShort);
        expect(posts.get(id)).toBeLessThanOrEqual(attempts.length);
      }
      expect(answered.size).toBeGreaterThan(KILLS);
      process.stdout.write(
        `${KILLS} kills: ${answered.size} answered, ${tasks.length} there, ${interrupted} attempts cut short and made again\n`,
      );
    },
    HANG_LIMIT_MS + KILLS * 5000,
  );
});
