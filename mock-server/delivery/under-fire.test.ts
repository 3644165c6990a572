import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HANG_LIMIT_MS } from '../../fixtures/hang-limit.ts';
import { createDeliveryLedger, type LedgerLine } from '../../fixtures/load/delivery-ledger.ts';
import { openLoadClient } from '../../fixtures/load/load-client.ts';
import { median, quantile } from '../../fixtures/load/quantile.ts';
import { settledHeap } from '../../fixtures/load/settled-heap.ts';
import { openReceiverFarm } from '../../fixtures/receivers/open-receiver-farm.ts';
import type { Reaction } from '../../fixtures/receivers/reactions.ts';
import { type AttemptOutcome, createMockServer } from '../index.ts';

/** `npm run test:fire` sets this to 100,000. */
const DELIVERIES = Number(process.env.STUNTDOUBLE_DELIVERIES ?? 600);
/** The number of concurrent deliveries. */
const WAVE = Math.min(DELIVERIES, 5000);
const ON_DEMAND = DELIVERIES > WAVE;
const RETRIES = 3;
/** Long enough for a busy machine. */
const ACK_TIMEOUT_MS = 2000;

/** A receiver, and the expected result of each delivery to it. */
interface Kind {
  readonly script: readonly Reaction[];
  readonly outcomes: readonly AttemptOutcome[];
  /** Its origin, when it is not part of the farm. */
  readonly elsewhere?: string;
}

const always = (reaction: Reaction, outcome: AttemptOutcome): Kind => ({
  script: [reaction],
  outcomes: outcome === 'acknowledged' ? [outcome] : Array(1 + RETRIES).fill(outcome),
});

const HEALTHY: Readonly<Record<string, Kind>> = {
  'healthy-a': always(200, 'acknowledged'),
  'healthy-b': always(200, 'acknowledged'),
  'healthy-c': always(200, 'acknowledged'),
};

const BAD: Readonly<Record<string, Kind>> = {
  'answers 500': always(500, 'rejected'),
  hang: always('hang', 'timeout'),
  reset: always('reset', 'reset'),
  'early-reset': always('early-reset', 'reset'),
  half: always('half', 'reset'),
  endless: always('endless', 'acknowledged'),
  gigabyte: always('gigabyte', 'acknowledged'),
  garbage: always('garbage', 'reset'),
  redirect: always('redirect', 'redirect'),
  'slow-headers': always('slow-headers', 'timeout'),
  'slow-body': always('slow-body', 'timeout'),
  'ack-then-reset': always('ack-then-reset', 'acknowledged'),
  // The discard port, on which no program listens.
  absent: { ...always(200, 'refused'), elsewhere: 'http://127.0.0.1:9' },
  'fails twice': { script: [500, 'reset', 200], outcomes: ['rejected', 'reset', 'acknowledged'] },
  'wakes up': { script: ['hang', 200], outcomes: ['timeout', 'acknowledged'] },
};

const KINDS: Readonly<Record<string, Kind>> = { ...HEALTHY, ...BAD };
const HEALTHY_NAMES = Object.keys(HEALTHY);
const BAD_NAMES = Object.keys(BAD);

/** The number of healthy deliveries that precede the load, as many as a wave has. */
const BASELINE = Math.floor(WAVE * 0.7);
const ALL = BASELINE + DELIVERIES;

function receiverOf(delivery: number): string {
  const n = delivery - BASELINE;
  if (n < 0 || n % 10 < 7) return HEALTHY_NAMES[delivery % HEALTHY_NAMES.length] ?? '';
  return BAD_NAMES[(Math.floor(n / 10) * 3 + (n % 10) - 7) % BAD_NAMES.length] ?? '';
}

function isHealthy(delivery: number): boolean {
  return HEALTHY_NAMES.includes(receiverOf(delivery));
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

async function openLoadTest() {
  const scripts = Object.fromEntries(Object.entries(KINDS).map(([name, { script }]) => [name, script]));
  const farm = await openReceiverFarm(scripts, ALL);
  // So fast that every task ends immediately. The retry gaps are scaled up to last seconds.
  const speed = 1e6;
  const mock = await createMockServer({
    clock: 'virtual',
    speed,
    ackTimeout: ACK_TIMEOUT_MS,
    retries: RETRIES,
    retryGaps: [1000 * speed],
    keep: ON_DEMAND ? 1000 : ALL,
    grace: 0,
  }).listen();
  const ledger = createDeliveryLedger(ALL);
  mock.journal.subscribe(ledger.take);
  const client = openLoadClient(mock.url);

  function* urls(from: number, to: number): Generator<string> {
    for (let delivery = from; delivery < to; delivery++) {
      ledger.promise(delivery);
      const name = receiverOf(delivery);
      const { elsewhere } = KINDS[name] ?? {};
      yield elsewhere === undefined ? farm.urlFor(name, delivery) : `${elsewhere}/${delivery}`;
    }
  }

  return {
    farm,
    mock,
    ledger,
    /** Starts the deliveries and waits until all are settled. */
    async wave(from: number, to: number) {
      await client.submitAll(urls(from, to));
      await mock.clock.advance('1h');
    },
    async close() {
      await client.close();
      await mock.close();
    },
  };
}

describe(`${DELIVERIES} deliveries, 30% of them to failing receivers`, () => {
  let load: Awaited<ReturnType<typeof openLoadTest>>;
  const heaps: number[] = [];
  const warnings: string[] = [];
  const warn = (warning: Error): void => {
    warnings.push(`${warning.name}: ${warning.message}`);
  };

  beforeAll(
    async () => {
      process.on('warning', warn);
      load = await openLoadTest();
      await load.wave(0, BASELINE);
      for (let from = BASELINE; from < ALL; from += WAVE) {
        await load.wave(from, Math.min(from + WAVE, ALL));
        heaps.push(settledHeap());
      }
      if (ON_DEMAND) process.stdout.write(summary(load.ledger.line, heaps));
    },
    HANG_LIMIT_MS + DELIVERIES * 36,
  );

  afterAll(async () => {
    process.off('warning', warn);
    await load.close();
    await load.farm.close();
  });

  it.each(Object.entries(KINDS))(
    'settles each delivery to "%s" with exactly the expected attempts',
    (name, { outcomes }) => {
      const expected = {
        outcomes,
        started: outcomes.length,
        status: outcomes.at(-1) === 'acknowledged' ? 'acknowledged' : 'abandoned',
      };
      const matching = range(0, ALL).filter((delivery) => receiverOf(delivery) === name);
      const different = matching
        .map((delivery) => ({ delivery, line: load.ledger.line(delivery) }))
        .filter(({ line: { firstEndMs: _, ...line } }) => JSON.stringify(line) !== JSON.stringify(expected));
      expect(matching.length).toBeGreaterThan(0);
      expect(different).toEqual([]);
    },
  );

  it('leaves no deliveries pending', () => {
    const pending = load.mock.tasks
      .all()
      .filter(({ deliveries }) => deliveries.some(({ status }) => status === 'pending'));
    expect(pending).toEqual([]);
  });

  it('has sent each receiver exactly the attempts in the journal', async () => {
    const posts = await load.farm.tally();
    const arrived = (delivery: number): number =>
      load.ledger.line(delivery).outcomes.filter((outcome) => outcome !== 'refused').length;
    expect(range(0, ALL).filter((delivery) => posts[delivery] !== arrived(delivery))).toEqual([]);
  });

  it.runIf(ON_DEMAND)('keeps memory flat from the middle to the end', () => {
    const middle = median(heaps.slice(Math.floor(heaps.length / 3), Math.floor((heaps.length * 2) / 3)));
    const end = median(heaps.slice(Math.floor((heaps.length * 2) / 3)));
    expect(end).toBeLessThan(middle * 1.05);
  });

  it('closes every connection and emits no warnings', async () => {
    await load.close();
    await load.farm.idle();
    expect(warnings).toEqual([]);
  });
});

describe('hung receivers', () => {
  it('do not delay the healthy ones', async () => {
    const hanging = BAD_NAMES.filter((name) => /hang|slow/.test(name));
    const scripts = Object.fromEntries(
      [...hanging, 'healthy-a'].map((name) => [name, KINDS[name]?.script ?? []]),
    );
    const count = 200;
    const farm = await openReceiverFarm(scripts, 2 * count);
    // A single wait for a hung receiver would exceed the time limit of a test.
    const mock = await createMockServer({
      clock: 'virtual',
      ackTimeout: 10 * HANG_LIMIT_MS,
      grace: 0,
    }).listen();
    let acknowledged = 0;
    const done = new Promise<void>((resolve) => {
      mock.journal.subscribe((entry) => {
        if (entry.type === 'attempt.ended' && entry.attempt.outcome === 'acknowledged') acknowledged += 1;
        if (acknowledged === count) resolve();
      });
    });
    for (let n = 0; n < count; n++) {
      await mock.tasks.trigger('runway.generate', {
        to: farm.urlFor(hanging[n % hanging.length] ?? '', 2 * n),
      });
      await mock.tasks.trigger('runway.generate', { to: farm.urlFor('healthy-a', 2 * n + 1) });
    }
    await done;
    await mock.close();
    await farm.close();
    expect(acknowledged).toBe(count);
  });
});

/** Returns the 95th percentile of the time to settle a healthy delivery, without and with failing ones. */
function healthyP95(line: (delivery: number) => LedgerLine): { baseline: number; loaded: number } {
  const firstEndMs = (delivery: number): number => line(delivery).firstEndMs;
  return {
    baseline: quantile(range(0, BASELINE).map(firstEndMs), 0.95),
    loaded: quantile(range(BASELINE, ALL).filter(isHealthy).map(firstEndMs), 0.95),
  };
}

function summary(line: (delivery: number) => LedgerLine, heaps: readonly number[]): string {
  const counts = new Map<string, number>();
  for (const delivery of range(0, ALL)) {
    const { outcomes, status } = line(delivery);
    const row = `${receiverOf(delivery).padEnd(16)}${status.padEnd(14)}${outcomes.join(', ')}`;
    counts.set(row, (counts.get(row) ?? 0) + 1);
  }
  const rows = [...counts].sort().map(([row, count]) => `${String(count).padStart(7)}  ${row}`);
  const megabytes = heaps.map((bytes) => (bytes / 1024 ** 2).toFixed(1)).join(' ');
  const attempts = range(0, ALL).reduce((sum, delivery) => sum + line(delivery).outcomes.length, 0);
  const { baseline, loaded } = healthyP95(line);
  return [
    ...rows,
    `${attempts} attempts; heap after each wave, MB: ${megabytes}`,
    `p95 of healthy deliveries: ${baseline.toFixed()} ms without failing receivers, ${loaded.toFixed()} ms with them`,
    '',
  ].join('\n');
}
