import type { Profiler } from 'node:inspector';

/** A function, by the time spent in itself and not in what it calls. */
export interface FunctionShare {
  readonly name: string;
  /** File and line, as short as it stays clear. */
  readonly place: string;
  /** Of the time that was not idle, from 0 to 1. */
  readonly share: number;
}

/** What a CPU profile is about: the functions with the most self time first. */
export function topFunctions(
  { nodes, samples = [], timeDeltas = [] }: Profiler.Profile,
  most: number,
): FunctionShare[] {
  const functions = new Map(nodes.map(({ id, callFrame }) => [id, describe(callFrame)]));
  const selfTimes = new Map<string, number>();
  let busy = 0;
  for (const [index, id] of samples.entries()) {
    const key = functions.get(id) ?? '';
    if (key.startsWith('(idle)')) continue;
    const elapsed = timeDeltas[index] ?? 0;
    selfTimes.set(key, (selfTimes.get(key) ?? 0) + elapsed);
    busy += elapsed;
  }
  return [...selfTimes]
    .sort(([, a], [, b]) => b - a)
    .slice(0, most)
    .map(([key, elapsed]) => {
      const [name = '', place = ''] = key.split('\n');
      return { name, place, share: elapsed / busy };
    });
}

function describe({ functionName, url, lineNumber }: Profiler.Profile['nodes'][number]['callFrame']): string {
  const name = functionName === '' ? '(anonymous)' : functionName;
  const file = url.replace(/^file:\/\//, '').replace(/^.*\/(?=node_modules\/|dist\/)/, '');
  return `${name}\n${file === '' ? 'native' : `${file}:${lineNumber + 1}`}`;
}
