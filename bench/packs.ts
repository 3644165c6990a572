import { execFileSync } from 'node:child_process';
import { loadPacks } from '../mock-server/index.ts';
import { alternate } from './alternate.ts';
import type { Bench } from './bench.ts';
import { copyWithPacks } from './copy-with-packs.ts';
import { ask } from './fetch-once.ts';
import { BARE_START } from './places.ts';
import { type Row, rowAgainst } from './row.ts';
import { numbered, poll, type Request, submission, taskIdIn } from './runway-requests.ts';
import { type Started, startProcess } from './start-process.ts';

const MANY = 60;
const CONNECTIONS = 16;
const ROUND_MS = 1_000;
const MOCK_ARGUMENTS = ['start', '--port', '0', '--quiet', '--clock', 'virtual'];

/** Result of one start. */
interface Run {
  readonly readyMs: number;
  readonly residentMb: number;
  readonly pollsPerSecond: number;
}

/** Measures whether a start and a poll cost more with ten times as many packs. */
export async function packs(bench: Bench): Promise<readonly Row[]> {
  const few = loadPacks().length;
  const small = await copyWithPacks(few, few);
  bench.atEnd(small.remove);
  const large = await copyWithPacks(few, MANY);
  bench.atEnd(large.remove);
  const { many, usual, bare } = await alternate(bench, {
    many: () => runOf(bench, large.command),
    usual: () => runOf(bench, small.command),
    bare: () => readyTime(BARE_START),
  });
  const readyOf = (runs: readonly Run[]): number[] => runs.map(({ readyMs }) => readyMs);
  const memoryOf = (runs: readonly Run[]): number[] => runs.map(({ residentMb }) => residentMb);
  const pollsOf = (runs: readonly Run[]): number[] => runs.map(({ pollsPerSecond }) => pollsPerSecond);
  const peer = `${few} packs`;
  const start = { measure: 'packs', what: `time to "listening" with ${MANY} packs`, unit: 'ms' } as const;
  const flat = { type: 'atMost', value: 1.1 } as const;
  return [
    rowAgainst({ ...start, target: flat }, readyOf(many), peer, readyOf(usual)),
    rowAgainst(
      { ...start, target: { type: 'below', value: 2 } },
      readyOf(many),
      'bare node:http script',
      bare,
    ),
    rowAgainst(
      { measure: 'packs', what: `resident with ${MANY} packs`, unit: 'MB', target: flat },
      memoryOf(many),
      peer,
      memoryOf(usual),
    ),
    rowAgainst(
      {
        measure: 'packs',
        what: `polls with ${MANY} packs`,
        unit: '/s',
        target: { type: 'atLeast', value: 0.9 },
      },
      pollsOf(many),
      peer,
      pollsOf(usual),
    ),
  ];
}

async function readyTime(script: string): Promise<number> {
  const { readyMs, stop } = await startProcess(script);
  await stop();
  return readyMs;
}

async function runOf(bench: Bench, command: string): Promise<Run> {
  const mock = await startProcess(command, MOCK_ARGUMENTS);
  try {
    const residentMb = residentOf(mock);
    const pollsPerSecond = await pollsOf(bench, mock);
    return { readyMs: mock.readyMs, residentMb, pollsPerSecond };
  } finally {
    await mock.stop();
  }
}

async function pollsOf(bench: Bench, { url }: Started): Promise<number> {
  const generate = submission(`${url}/__sink`);
  const { body } = await ask(url, { ...generate, body: numbered(generate.body, 1) });
  const request: Request = poll(taskIdIn(body));
  const { bodyBytes } = await ask(url, request);
  const generator = bench.open('load-generator');
  const { answers, elapsedMs } = await generator.call('generate', {
    url,
    request,
    connections: CONNECTIONS,
    until: { type: 'elapsed', ms: bench.scaled(ROUND_MS) },
    expect: { status: 200, bodyBytes },
  });
  await generator.close();
  return (answers / elapsedMs) * 1000;
}

function residentOf({ pid }: Started): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024;
}
