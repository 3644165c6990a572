import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { HANG_LIMIT_MS } from '../fixtures/hang-limit.ts';
import { type LoadClient, openLoadClient } from '../fixtures/load/load-client.ts';
import { median } from '../fixtures/load/quantile.ts';
import { settledHeap } from '../fixtures/load/settled-heap.ts';
import { openReceiverFarm, type ReceiverFarm } from '../fixtures/receivers/open-receiver-farm.ts';
import type { Agenda } from './engine/agenda.ts';
import { createMockServer, type MockServer } from './index.ts';

/** Minutes of load; `npm run test:soak` sets five. */
const MINUTES = Number(process.env.STUNTDOUBLE_SOAK_MINUTES ?? 0.05);
const ON_DEMAND = process.env.STUNTDOUBLE_SOAK_MINUTES !== undefined;
const KEEP = 500;
/** Submissions, polls and downloads per second of service time. */
const RATE = { submissions: 20, polls: 10, downloads: 4 } as const;
const TICKS_A_SAMPLE = 5;

// The agenda is not public, so its length is observed by a mock of its module.
const agendas = vi.hoisted(() => new Set<Pick<Agenda<unknown>, 'size'>>());
vi.mock(import('./engine/agenda.ts'), async (importOriginal) => {
  const original = await importOriginal();
  return {
    ...original,
    createAgenda<Item>() {
      const agenda = original.createAgenda<Item>();
      agendas.add(agenda);
      return agenda;
    },
  };
});

interface Sample {
  readonly heap: number;
  readonly tasks: number;
  /** Tasks with events that are still due. */
  readonly open: number;
  readonly journal: number;
  readonly agenda: number;
}

const RECEIVERS = {
  healthy: [200],
  failing: [500],
  breaking: ['reset'],
  flooding: ['gigabyte'],
} as const;
const BAD = ['failing', 'breaking', 'flooding'] as const;

/** Three of four callbacks are sent to a working receiver. */
function targetOf(n: number): string {
  return (n % 4 === 3 ? BAD[(n >> 2) % BAD.length] : undefined) ?? 'healthy';
}

describe(`${MINUTES} minutes of load at a steady rate`, () => {
  let farm: ReceiverFarm;
  let mock: MockServer;
  let client: LoadClient;
  let readers: Awaited<ReturnType<typeof openReaders>>;
  const samples: Sample[] = [];
  const submitted: string[] = [];
  let downloads = 0;

  async function download(taskId: string): Promise<void> {
    const url = await client.poll(taskId);
    if (url === null) return;
    await client.download(url);
    downloads += 1;
  }

  /** Runs a second of service time: polls recent tasks and downloads the media of finished ones. */
  async function tick(): Promise<void> {
    const callbacks = Array.from({ length: RATE.submissions }, (_, n) => farm.urlFor(targetOf(n), 0));
    await client.submitAll(callbacks, (taskId) => submitted.push(taskId));
    await Promise.all(submitted.slice(-RATE.polls).map(client.poll));
    const old = submitted.length > 10 * RATE.submissions ? submitted.splice(0, RATE.submissions) : [];
    await Promise.all(old.slice(0, RATE.downloads).map(download));
    await mock.clock.advance('1s');
  }

  function sample(): void {
    const tasks = mock.tasks.all();
    const isOpen = ({ outcome, deliveries }: (typeof tasks)[number]): boolean =>
      outcome === null || deliveries.some(({ status }) => status === 'pending');
    samples.push({
      heap: settledHeap(),
      tasks: tasks.length,
      open: tasks.filter(isOpen).length,
      journal: mock.journal.entries().length,
      agenda: [...agendas].reduce((sum, { size }) => sum + size, 0),
    });
  }

  async function soak(untilMs: number): Promise<void> {
    for (let ticks = 1; performance.now() < untilMs || samples.length < 16; ticks++) {
      await tick();
      if (ticks % TICKS_A_SAMPLE === 0) sample();
    }
  }

  beforeAll(
    async () => {
      farm = await openReceiverFarm(RECEIVERS, 1);
      mock = await createMockServer({
        clock: 'virtual',
        speed: 20,
        keep: KEEP,
        concurrency: 10_000,
      }).listen();
      client = openLoadClient(mock.url, 16);
      readers = await openReaders(mock.url);
      // Memory grows until tasks are removed as fast as they are submitted.
      const forgotten = (): boolean => mock.journal.entries({ type: 'task.forgotten' }).length > 0;
      while (!forgotten()) await tick();
      await soak(performance.now() + MINUTES * 60_000);
      if (ON_DEMAND) process.stdout.write(`${summary(samples)}\n`);
    },
    MINUTES * 60_000 * 2 + HANG_LIMIT_MS,
  );

  afterAll(async () => {
    readers.close();
    await client.close();
    await mock.close();
    await farm.close();
  });

  it('does not grow the heap', () => {
    const heaps = samples.map(({ heap }) => heap);
    const quarter = Math.floor(heaps.length / 4);
    const second = median(heaps.slice(quarter, 2 * quarter));
    const last = median(heaps.slice(-quarter));
    expect(last).toBeLessThan(second * 1.1);
  });

  it('keeps no more finished tasks than the limit', () => {
    expect(Math.max(...samples.map(({ tasks, open }) => tasks - open))).toBeLessThanOrEqual(2 * KEEP);
  });

  it('keeps no more journal entries than the limit', () => {
    expect(Math.max(...samples.map(({ journal }) => journal))).toBeLessThanOrEqual(KEEP);
  });

  it('keeps only the agenda entries that tasks need', () => {
    // A task has an agenda entry for every attempt, until it is removed.
    expect(Math.max(...samples.map(({ agenda, tasks }) => agenda / tasks))).toBeLessThan(3);
  });

  it('streams every entry to an active reader without waiting for a stalled one', () => {
    expect(readers.received()).toBeGreaterThan(samples.length * TICKS_A_SAMPLE * RATE.submissions);
    expect(downloads).toBeGreaterThan(samples.length * TICKS_A_SAMPLE);
  });
});

/** Opens two readers of the event stream: an active and a stalled one. */
async function openReaders(url: string) {
  const { hostname, port } = new URL(url);
  const sockets = [connect(Number(port), hostname), connect(Number(port), hostname)] as const;
  const [reading, idle] = sockets;
  let received = 0;
  for (const socket of sockets) {
    await once(socket, 'connect');
    socket.write('GET /__admin/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
  }
  reading.on('data', (chunk) => {
    for (let at = chunk.indexOf('\nevent: '); at >= 0; at = chunk.indexOf('\nevent: ', at + 1)) received += 1;
  });
  idle.pause();
  return {
    received: () => received,
    close() {
      for (const socket of sockets) socket.destroy();
    },
  };
}

function summary(samples: readonly Sample[]): string {
  const step = Math.max(1, Math.floor(samples.length / 12));
  const rows = samples.filter((_, index) => index % step === 0 || index === samples.length - 1);
  return rows
    .map(({ heap, tasks, open, journal, agenda }) =>
      [
        `heap ${(heap / 1024 ** 2).toFixed(1)} MB`,
        `${tasks} tasks (${open} open)`,
        `${journal} entries`,
        `${agenda} on the agenda`,
      ].join(', '),
    )
    .concat(`${samples.length * TICKS_A_SAMPLE} ticks`)
    .join('\n');
}
