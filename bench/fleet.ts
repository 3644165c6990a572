import { readFileSync } from 'node:fs';
import { startRedis } from '../fixtures/fleet/redis-process.ts';
import { alternate } from './alternate.ts';
import type { Bench } from './bench.ts';
import { ask } from './fetch-once.ts';
import { COMMAND } from './places.ts';
import { type Row, rowAgainst } from './row.ts';
import { numbered, poll, type Request, submission, taskIdIn } from './runway-requests.ts';
import { startProcess } from './start-process.ts';

const CONNECTIONS = 32;
const CALLS = 8_000;
const REPLICAS = 3;

/** A mock that gets the calls, and all processes that share the work of them. */
interface Side {
  readonly url: string;
  readonly pids: readonly number[];
  readonly taskId: string;
}

/** Processor time of one call, in microseconds. */
interface Cost {
  /** Of the mock that answers it. */
  readonly own: number;
  /** Of all mocks, and of Redis. */
  readonly all: number;
}

/** Measures the cost of calls to one of three replicas, compared with a mock that shares nothing. */
export async function fleet(bench: Bench): Promise<readonly Row[]> {
  const single = await openSide(bench, 1, []);
  const redis = await startRedis();
  bench.atEnd(redis.close);
  const replica = await openSide(bench, REPLICAS, ['--store', redis.url()]);
  const shared = { ...replica, pids: [...replica.pids, redis.pid] };
  const { alone, fleetPolls, submits, fleetSubmits } = await alternate(bench, {
    alone: () => cost(bench, single, () => poll(single.taskId)),
    fleetPolls: () => cost(bench, shared, () => poll(shared.taskId)),
    submits: () => cost(bench, single, submit),
    fleetSubmits: () => cost(bench, shared, submit),
  });
  const row = { measure: 'fleet', unit: 'µs' } as const;
  const own = (costs: readonly Cost[]): number[] => costs.map((one) => one.own);
  const all = (costs: readonly Cost[]): number[] => costs.map((one) => one.all);
  const peer = 'a mock alone';
  return [
    rowAgainst(
      { ...row, what: 'processor time per poll, of the replica', target: { type: 'atMost', value: 1.2 } },
      own(fleetPolls),
      peer,
      own(alone),
    ),
    rowAgainst(
      { ...row, what: `processor time per poll, of ${REPLICAS} replicas and Redis`, target: null },
      all(fleetPolls),
      peer,
      own(alone),
    ),
    rowAgainst(
      { ...row, what: 'processor time per submission, of the replica', target: { type: 'atMost', value: 3 } },
      own(fleetSubmits),
      peer,
      own(submits),
    ),
    rowAgainst(
      { ...row, what: `processor time per submission, of ${REPLICAS} replicas and Redis`, target: null },
      all(fleetSubmits),
      peer,
      own(submits),
    ),
  ];
}

let submitted = 0;

function submit(): Request {
  submitted += 1;
  const request = submission('http://127.0.0.1:9/callback');
  return { ...request, body: numbered(request.body, submitted) };
}

async function openSide(bench: Bench, count: number, options: readonly string[]): Promise<Side> {
  const pids: number[] = [];
  let url = '';
  for (let n = 0; n < count; n++) {
    const started = await startProcess(COMMAND, [
      'start',
      '--port',
      '0',
      '--clock',
      'virtual',
      '--quiet',
      ...options,
    ]);
    bench.atEnd(started.stop);
    pids.push(started.pid);
    url ||= started.url;
  }
  const { body } = await ask(url, submit());
  return { url, pids, taskId: taskIdIn(body) };
}

async function cost(bench: Bench, { url, pids }: Side, request: () => Request): Promise<Cost> {
  const calls = bench.scaled(CALLS);
  const before = pids.map(processorMs);
  await callMany(url, calls, request);
  const used = pids.map((pid, index) => ((processorMs(pid) - (before[index] ?? 0)) / calls) * 1000);
  return { own: used[0] ?? 0, all: used.reduce((sum, one) => sum + one, 0) };
}

async function callMany(url: string, calls: number, request: () => Request): Promise<void> {
  const { Pool } = await import('undici');
  const pool = new Pool(url, { connections: CONNECTIONS });
  let left = calls;
  async function work(): Promise<void> {
    while (left > 0) {
      left -= 1;
      const { method, path, headers, body } = request();
      const answer = await pool.request({ method, path, headers, body: method === 'GET' ? null : body });
      const text = await answer.body.text();
      if (answer.statusCode !== 200 || !text.includes('"code":200'))
        throw new Error(`${path} was answered with ${text}`);
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, work));
  await pool.close();
}

/** Linux counts the processor time of a process in hundredths of a second. */
function processorMs(pid: number): number {
  const [, fields = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
  const numbers = fields.split(' ');
  return (Number(numbers[11]) + Number(numbers[12])) * 10;
}
