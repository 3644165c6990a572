import { alternate } from './alternate.ts';
import type { Bench } from './bench.ts';
import type { Child, Scripts } from './child.ts';
import { type Row, rowAgainst, rowAlone } from './row.ts';

type Population = Child<Scripts['population']>;

const MANY = 1_000_000;
const FEW = 1_000;
/** Submissions and polls of one round. */
const TIMED = 10_000;
const FILLED_AT_ONCE = 20_000;
const MEMORY_MB = 1024;
/** Heap that MEMORY_MB leaves after Node's own share. */
const TIGHT_HEAP_MB = 896;

/**
 * Measures a million live tasks in one process and a thousand in another. Requests go to the handler without sockets,
 * because the cost of HTTP would hide that of the engine.
 */
export async function tasks(bench: Bench): Promise<readonly Row[]> {
  const many = bench.scaled(MANY);
  const tightMb = await fillTightly(bench, many);
  const crowd = bench.open('population', ['--expose-gc']);
  const few = bench.open('population');
  const fillingMs = await fill(bench, crowd, many);
  const before = await crowd.call('memory');
  const memory = await crowd.call('collect');
  await expectLive(crowd, many);

  const cost = await alternate(bench, {
    submitCrowd: async () => microseconds(await crowd.call('submit', TIMED), TIMED),
    submitFew: () => submitFew(few),
    pollCrowd: async () => microseconds(await crowd.call('poll', TIMED), TIMED),
    pollFew: () => pollFew(few),
  });
  const among = many.toLocaleString('en-US');
  bench.note(
    `tasks: filling took ${microseconds(fillingMs, many).toFixed(1)} µs per task on average; costs are processor time, including garbage collection in other threads; requests go to the handler without sockets`,
  );
  bench.note(
    `tasks: memory is that of the whole process after a garbage collection; directly before the collection it was ${Math.round(before.residentMb)} MB resident, ${Math.round(before.heapMb)} MB of heap`,
  );
  const size = { measure: 'tasks', unit: 'MB' } as const;
  // The target is about a million tasks; a tenth of them proves nothing about it.
  const target = bench.quick ? null : ({ type: 'atMost', value: MEMORY_MB } as const);
  const flat = { measure: 'tasks', unit: 'µs', target: { type: 'atMost', value: 1.3 } } as const;
  const peer = `among ${FEW.toLocaleString('en-US')}`;
  return [
    rowAlone({ ...size, what: `resident, ${among} tasks`, target }, [memory.residentMb]),
    rowAlone({ ...size, what: `heap, ${among} tasks`, target: null }, [memory.heapMb]),
    rowAlone({ ...size, what: `resident under --max-old-space-size=${TIGHT_HEAP_MB}`, target: null }, [
      tightMb,
    ]),
    rowAgainst({ ...flat, what: `one submission among ${among}` }, cost.submitCrowd, peer, cost.submitFew),
    rowAgainst({ ...flat, what: `one poll among ${among}` }, cost.pollCrowd, peer, cost.pollFew),
  ];
}

/**
 * V8 keeps garbage while there is room, so this process has none.
 * @returns the resident memory in MB
 */
async function fillTightly(bench: Bench, many: number): Promise<number> {
  const crowd = bench.open('population', [`--max-old-space-size=${TIGHT_HEAP_MB}`]);
  await fill(bench, crowd, many);
  const { residentMb } = await crowd.call('memory');
  await expectLive(crowd, many);
  await crowd.close();
  return residentMb;
}

async function fill({ say }: Bench, crowd: Population, many: number): Promise<number> {
  let workedMs = 0;
  for (let filled = 0; filled < many; filled += FILLED_AT_ONCE) {
    say(`${filled.toLocaleString('en-US')} tasks submitted`);
    workedMs += await crowd.call('fill', { count: Math.min(FILLED_AT_ONCE, many - filled), of: many });
  }
  return workedMs;
}

/** @throws {Error} unless the mock has as many tasks as were submitted */
async function expectLive(crowd: Population, promised: number): Promise<void> {
  const live = await crowd.call('countTasks');
  if (live !== promised) throw new Error(`${promised} tasks were submitted, ${live} live`);
}

/** As many as the large population is timed for, but at most twice FEW. */
async function submitFew(few: Population): Promise<number> {
  let workedMs = 0;
  for (let timed = 0; timed < TIMED; timed += FEW) {
    await few.call('reset');
    await few.call('fill', { count: FEW, of: FEW });
    workedMs += await few.call('submit', FEW);
  }
  return microseconds(workedMs, TIMED);
}

async function pollFew(few: Population): Promise<number> {
  await few.call('reset');
  await few.call('fill', { count: FEW, of: FEW });
  return microseconds(await few.call('poll', TIMED), TIMED);
}

function microseconds(workedMs: number, count: number): number {
  return (workedMs / count) * 1000;
}
