import { type Courier, createMockServer, type MockServer } from '../../mock-server/index.ts';
import { FAILS_ONCE } from '../open-receiver.ts';
import { numbered, submission } from '../runway-requests.ts';
import { inject } from './inject.ts';
import { serveCalls } from './serve-calls.ts';

/** Of ten tasks, three have a receiver that fails at first. */
const RETRIED_OF_TEN = 3;

export interface Course {
  readonly tasks: number;
  /** URL of the callbacks; null when they are answered without a socket. */
  readonly receiverUrl: string | null;
}

export interface LifetimeResult {
  readonly submitMs: number;
  /** Duration of all states and callbacks. */
  readonly callbackMs: number;
  readonly expiryMs: number;
  /** Tasks that succeeded, were acknowledged, and whose media expired. */
  readonly complete: number;
  readonly attempts: number;
  /** POSTs answered without a socket; null when a receiver got them. */
  readonly postsHere: number | null;
}

async function live({ tasks, receiverUrl }: Course): Promise<LifetimeResult> {
  const stub = receiverUrl === null ? createStubCourier() : null;
  // Keeps every task until its media has expired.
  const mock = createMockServer({
    clock: 'virtual',
    keep: tasks,
    ...(stub === null ? {} : { courier: stub }),
  });
  const submitMs = await time(() => submitAll(mock, tasks, receiverUrl ?? 'http://127.0.0.1:9/'));
  const callbackMs = await time(() => mock.clock.advance('10m'));
  const expiryMs = await time(() => mock.clock.advance('15d'));
  const result = { submitMs, callbackMs, expiryMs, ...summarize(mock), postsHere: stub?.posts ?? null };
  await mock.close();
  return result;
}

/** Answers every POST at once: 500 to the first of those that fail once, otherwise 200. */
function createStubCourier(): Courier & { readonly posts: number } {
  const failed = new Set<string>();
  let posts = 0;
  return {
    get posts() {
      return posts;
    },
    async post(url, prepare) {
      if ((await prepare()) === null) return null;
      posts += 1;
      const fails = url.includes(FAILS_ONCE) && !failed.has(url);
      if (fails) failed.add(url);
      const rest = { firstByteMs: 0, durationMs: 0, answer: '', detail: null };
      return fails
        ? { outcome: 'rejected', status: 500, ...rest }
        : { outcome: 'acknowledged', status: 200, ...rest };
    },
    interrupt: () => undefined,
    close: () => Promise.resolve(),
  };
}

async function time(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

async function submitAll({ handler }: MockServer, tasks: number, url: string): Promise<void> {
  const plain = submission(url);
  for (let n = 0; n < tasks; n++) {
    const request = n % 10 < RETRIED_OF_TEN ? submission(`${url}?${FAILS_ONCE}${n}`) : plain;
    const { status, body } = await inject(handler, { ...request, body: numbered(request.body, n) });
    if (status !== 200) throw new Error(`submission ${n} was answered ${status}: ${body}`);
  }
}

/** Returns the mock's own counts of its tasks. */
function summarize(mock: MockServer): Pick<LifetimeResult, 'complete' | 'attempts'> {
  let complete = 0;
  let attempts = 0;
  for (const { outcome, expired, deliveries } of mock.tasks.all()) {
    const [delivery] = deliveries;
    attempts += delivery?.attempts.length ?? 0;
    if (outcome === 'success' && expired && delivery?.status === 'acknowledged') complete += 1;
  }
  return { complete, attempts };
}

const calls = { live };
export type Lifetimes = typeof calls;
serveCalls(calls);
