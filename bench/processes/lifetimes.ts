import { createMockServer, type MockServer } from '../../mock-server/index.ts';
import { FAILS_ONCE, openReceiver } from '../open-receiver.ts';
import { numbered, submission } from '../runway-requests.ts';
import { inject } from './inject.ts';
import { serveCalls } from './serve-calls.ts';

/** Of ten tasks, three have a receiver that fails at first. */
const RETRIED_OF_TEN = 3;

export interface Course {
  readonly tasks: number;
  /** Where callbacks go; to a receiver in this very process when null. */
  readonly receiverUrl: string | null;
}

export interface Lived {
  readonly submitMs: number;
  /** All states and callbacks. */
  readonly callbackMs: number;
  readonly expiryMs: number;
  /** Tasks that succeeded, were acknowledged, and whose media expired. */
  readonly whole: number;
  readonly attempts: number;
  /** What the receiver in this process got; null when it was another. */
  readonly postsHere: number | null;
}

async function live({ tasks, receiverUrl }: Course): Promise<Lived> {
  const own = receiverUrl === null ? await openReceiver() : null;
  // No task may be forgotten before its media have expired.
  const mock = createMockServer({ clock: 'virtual', keep: tasks });
  const submitMs = await time(() => submitAll(mock, tasks, own?.url ?? receiverUrl ?? ''));
  const callbackMs = await time(() => mock.clock.advance('10m'));
  const expiryMs = await time(() => mock.clock.advance('15d'));
  const lived = { submitMs, callbackMs, expiryMs, ...summarise(mock), postsHere: own?.tally.posts ?? null };
  await mock.close();
  await own?.close();
  return lived;
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

/** What the mock itself says has become of its tasks. */
function summarise(mock: MockServer): Pick<Lived, 'whole' | 'attempts'> {
  let whole = 0;
  let attempts = 0;
  for (const { outcome, expired, deliveries } of mock.tasks.all()) {
    const [delivery] = deliveries;
    attempts += delivery?.attempts.length ?? 0;
    if (outcome === 'success' && expired && delivery?.status === 'acknowledged') whole += 1;
  }
  return { whole, attempts };
}

const calls = { live };
export type Lifetimes = typeof calls;
serveCalls(calls);
