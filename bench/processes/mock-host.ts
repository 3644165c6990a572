import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { createMockServer, type MockServer, type MockServerOptions } from '../../mock-server/index.ts';
import { processorMs } from './processor-time.ts';
import { serveCalls } from './serve-calls.ts';

let running: MockServer | undefined;
const profiler = new Session();
const SAMPLING_US = 200;

function mock(): MockServer {
  if (running === undefined) throw new Error('the mock has not been started');
  return running;
}

const calls = {
  async start(options: MockServerOptions): Promise<string> {
    running = await createMockServer(options).listen();
    return running.url;
  },
  async advance(duration: string) {
    const workedBefore = processorMs();
    const startedAt = performance.now();
    await mock().clock.advance(duration);
    return { elapsedMs: performance.now() - startedAt, workedMs: processorMs() - workedBefore };
  },
  processorMs,
  reset: () => mock().reset(),
  /** Outcomes of all callbacks, from the ledger. */
  ledger() {
    const deliveries = mock()
      .tasks.all()
      .flatMap((task) => task.deliveries);
    return {
      acknowledged: deliveries.filter(({ status }) => status === 'acknowledged').length,
      attempts: deliveries.reduce((sum, { attempts }) => sum + attempts.length, 0),
    };
  },
  /** Bodies and headers of the callbacks as sent. */
  sentCallbacks(most: number) {
    const sent = mock().journal.entries({ type: 'attempt.started' }).slice(0, most);
    return sent.flatMap((entry) =>
      entry.type === 'attempt.started' ? [{ headers: entry.headers, body: entry.body }] : [],
    );
  },
  async startProfile(): Promise<void> {
    profiler.connect();
    await profiler.post('Profiler.enable');
    await profiler.post('Profiler.setSamplingInterval', { interval: SAMPLING_US });
    await profiler.post('Profiler.start');
  },
  async stopProfile(file: string): Promise<void> {
    const { profile } = await profiler.post('Profiler.stop');
    profiler.disconnect();
    writeFileSync(file, JSON.stringify(profile));
  },
};
export type MockHost = typeof calls;
serveCalls(calls);
