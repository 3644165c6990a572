import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runwayCalls } from '../fixtures/clients/runway-calls.ts';
import { HANG_LIMIT_MS } from '../fixtures/hang-limit.ts';
import { type MockProcess, startMockProcess } from '../fixtures/mock-process.ts';
import { openReceiver, type ScriptedReceiver } from '../fixtures/receivers/scripted-receiver.ts';
import { createRandom } from '../mock-server/core/random.ts';

/** Number of kills. The long version is `STUNTDOUBLE_KILLS=100 npm run test:kill`. */
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

let dir: string;
let receiver: ScriptedReceiver;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'stuntdouble-kill-'));
  receiver = await openReceiver();
});
afterEach(() => {
  receiver.close();
  rmSync(dir, { recursive: true });
});

const start = (options: readonly string[]): Promise<MockProcess> =>
  startMockProcess('--data', dir, '--speed', '500', '--keep', '1000000', ...options);

/** The number of the newest snapshot on disk; 0 without one. */
function newestSnapshot(): number {
  const seqs = readdirSync(dir).map((name) => Number(/^snapshot-(\d+)\.jsonl$/.exec(name)?.[1] ?? 0));
  return Math.max(0, ...seqs);
}

/** Submits tasks until the mock is killed, and collects the ids of all answered submissions. */
function load(url: string, answered: Set<string>, name: string) {
  const api = runwayCalls(url);
  let begin = (): void => undefined;
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  async function run(): Promise<void> {
    for (let n = 0; ; n++) {
      const { taskId } = await api.generate({ prompt: `${name} ${n}`, callBackUrl: receiver.url });
      answered.add(taskId);
      begin();
    }
  }
  return { begun, done: run().catch(() => undefined) };
}

async function tasksOf(url: string): Promise<readonly Task[]> {
  return (await fetch(`${url}/__admin/tasks?limit=1000000`)).json() as Promise<readonly Task[]>;
}

describe('kill -9 at random moments under load', () => {
  it.each<[string, readonly string[]]>([
    ['with the entries alone', []],
    // A new snapshot begins as soon as the previous one is finished and the entries are twice its size.
    ['while snapshots are written', ['--snapshot-after', '1kb']],
  ])(
    `does not lose any answered submission in ${KILLS} kills, %s`,
    async (_what, options) => {
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
        const { child, url, ended } = await start(options);
        compare(await tasksOf(url));
        const loads = Array.from({ length: SUBMITTERS }, (_, n) => load(url, answered, `${kill}.${n}`));
        // Timed from the first answer, because a busy machine may take longer than the timer to reach it.
        await Promise.race([...loads.map(({ begun }) => begun), ended]);
        const timer = setTimeout(() => child.kill('SIGKILL'), random.between(0, 400));
        await ended;
        clearTimeout(timer);
        await Promise.all(loads.map(({ done }) => done));
      }

      const snapshot = newestSnapshot();
      expect(snapshot > 0).toBe(options.length > 0);
      const last = await start(options);
      // This call returns only after all callbacks and retries have been made, even on the real clock.
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
        const cut = attempts.filter(({ outcome }) => outcome === 'interrupted').length;
        interrupted += cut;
        expect(deliveries.map(({ status }) => status)).toEqual(['acknowledged']);
        // An interrupted attempt may or may not have arrived. Each of the others arrived once.
        expect(posts.get(id)).toBeGreaterThanOrEqual(attempts.length - cut);
        expect(posts.get(id)).toBeLessThanOrEqual(attempts.length);
      }
      expect(answered.size).toBeGreaterThanOrEqual(KILLS);
      process.stdout.write(
        `${KILLS} kills: ${answered.size} submissions answered, ${tasks.length} tasks kept, ${interrupted} attempts interrupted and repeated, newest snapshot ${snapshot}\n`,
      );
    },
    HANG_LIMIT_MS + KILLS * 5000,
  );
});
