import { setImmediate as nextTurn } from 'node:timers/promises';
import { createMockServer, type MockServer } from '../../mock-server/index.ts';
import { numbered, poll, submission, taskIdIn } from '../runway-requests.ts';
import { type Injected, inject } from './inject.ts';
import { processorMs } from './processor-time.ts';
import { serveCalls } from './serve-calls.ts';

/** Number of ids kept for polls: enough to miss every cache, and too few to matter for memory. */
const KEPT_IDS = 10_000;
/** A prime, so that steps of this size visit all ids far from one another. */
const STRIDE = 7_919;
const PAGES_BACK_MS = 3_000;
/**
 * Polls between two turns of the event loop, as in a server under load. Without a turn, Node keeps every request of the
 * loop: the last step of reading it waits for that turn.
 */
const POLLS_PER_TURN = 64;

/** The clock does not advance, so every task stays alive. */
const mock: MockServer = createMockServer({ clock: 'virtual' });
/** The port is unused and no task ends, so no callback is sent. */
const generate = submission('http://127.0.0.1:9/callback');

let submitted = 0;
let kept: string[] = [];
/** Every answer is as long as the first of its kind. */
let answerBytes = 0;
let pollBytes = 0;

function submitOne(n: number): Promise<Injected> {
  return inject(mock.handler, { ...generate, body: numbered(generate.body, n) });
}

/** @returns processor time in milliseconds, which excludes other processes and includes all garbage collection */
async function submit(count: number, keepEvery: number): Promise<number> {
  const before = processorMs();
  for (let n = 0; n < count; n++) {
    const { status, body } = await submitOne(submitted++);
    if (answerBytes === 0) answerBytes = body.length;
    if (status !== 200 || body.length !== answerBytes)
      throw new Error(`submission answered ${status} ${body}`);
    if (submitted % keepEvery === 0) kept.push(taskIdIn(body));
  }
  return processorMs() - before;
}

async function learnPollBytes(): Promise<void> {
  const { body } = await inject(mock.handler, poll(kept[0] ?? ''));
  if (!body.includes('"state":"wait"')) throw new Error(`the first task is not alive: ${body}`);
  pollBytes = body.length;
}

async function pollKept(count: number): Promise<number> {
  const before = processorMs();
  for (let n = 0; n < count; n++) {
    const { status, body } = await inject(mock.handler, poll(kept[(n * STRIDE) % kept.length] ?? ''));
    if (status !== 200 || body.length !== pollBytes) throw new Error(`poll answered ${status} ${body}`);
    if (n % POLLS_PER_TURN === 0) await nextTurn();
  }
  return processorMs() - before;
}

const calls = {
  reset(): void {
    mock.reset();
    submitted = 0;
    kept = [];
  },
  /** Submits tasks and keeps some ids to poll later. */
  async fill({ count, of }: { count: number; of: number }): Promise<number> {
    const workedMs = await submit(count, Math.max(1, Math.floor(of / KEPT_IDS)));
    await learnPollBytes();
    return workedMs;
  },
  /** @returns processor time in milliseconds for that many additional submissions */
  submit: (count: number): Promise<number> => submit(count, Number.POSITIVE_INFINITY),
  /** @returns processor time in milliseconds for that many polls */
  poll: (count: number): Promise<number> => pollKept(count),
  memory,
  /** Returns the memory of the process after a garbage collection. */
  async collect() {
    if (globalThis.gc === undefined) throw new Error('this process must be started with --expose-gc');
    globalThis.gc();
    // Freed pages return to the system a little later, in the background.
    await new Promise((resolve) => setTimeout(resolve, PAGES_BACK_MS));
    return memory();
  },
  countTasks,
};

function memory() {
  const { rss, heapUsed } = process.memoryUsage();
  return { residentMb: rss / 2 ** 20, heapMb: heapUsed / 2 ** 20 };
}

/** From the mock's own metrics, because listing a million tasks would fill the memory. */
async function countTasks(): Promise<number> {
  const { url } = await mock.listen();
  const metrics = await (await fetch(`${url}/__admin/metrics`)).text();
  return Number(/^stuntdouble_tasks (\d+)$/m.exec(metrics)?.[1]);
}

export type Population = typeof calls;
serveCalls(calls);
