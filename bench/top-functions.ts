import type { Profiler } from 'node:inspector';

/** A function's share of the time that was not idle. */
export interface FunctionShare {
  readonly name: string;
  /** File and line, shortened as far as it stays unambiguous. */
  readonly place: string;
  /** Self time, from 0 to 1. */
  readonly self: number;
  /** Total time, including its callees. */
  readonly total: number;
}

/** Returns the functions of a CPU profile, by self time, highest first. */
export function topFunctions({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): FunctionShare[] {
  const stacks = stacksOf(nodes);
  const selfTimes = new Map<string, number>();
  const totalTimes = new Map<string, number>();
  let busy = 0;
  for (const [index, id] of samples.entries()) {
    const stack = stacks.get(id) ?? [];
    const [top = ''] = stack;
    if (top.startsWith('(idle)')) continue;
    const elapsed = timeDeltas[index] ?? 0;
    busy += elapsed;
    add(selfTimes, top, elapsed);
    for (const key of stack) add(totalTimes, key, elapsed);
  }
  return [...totalTimes]
    .map(([key, total]) => {
      const [name = '', place = ''] = key.split('\n');
      return { name, place, self: (selfTimes.get(key) ?? 0) / busy, total: total / busy };
    })
    .sort((a, b) => b.self - a.self);
}

/** Returns the function of each node and its callers; a recursive function is listed once. */
function stacksOf(nodes: readonly Profiler.ProfileNode[]): Map<number, readonly string[]> {
  const stacks = new Map<number, readonly string[]>();
  const callers = new Map<number, number>();
  // Callers precede their callees.
  for (const { id, callFrame, children = [] } of nodes) {
    for (const child of children) callers.set(child, id);
    const below = stacks.get(callers.get(id) ?? 0) ?? [];
    const own = describe(callFrame);
    stacks.set(id, [own, ...below.filter((key) => key !== own)]);
  }
  return stacks;
}

function add(times: Map<string, number>, key: string, elapsed: number): void {
  times.set(key, (times.get(key) ?? 0) + elapsed);
}

function describe({ functionName, url, lineNumber }: Profiler.ProfileNode['callFrame']): string {
  const name = functionName === '' ? '(anonymous)' : functionName;
  const file = url.replace(/^file:\/\//, '').replace(/^.*\/(?=node_modules\/|dist\/)/, '');
  return `${name}\n${file === '' ? 'native' : `${file}:${lineNumber + 1}`}`;
}
