import type { Deed } from './deeds.ts';
import { INVARIANTS } from './invariants/violation.ts';
import type { Failure, SimulationCounts } from './simulate.ts';

const SHOWN_DEEDS = 60;
const SHOWN_TEXT = 1_200;

/** Describes a failing world: what is wrong, how to see it again, and the fewest deeds that lead to it. */
export function describeFailure(failure: Failure, bug: string | null): string[] {
  const { seed, lives, violation, conditions, deeds, smallest, runs } = failure;
  const options = `--seed ${seed} --lives ${lives}${bug === null ? '' : ` --bug ${bug}`}`;
  const more = deeds.length - SHOWN_DEEDS;
  return [
    `VIOLATED: ${INVARIANTS[violation.invariant]}`,
    violation.detail.slice(0, SHOWN_TEXT),
    '',
    `Reproduce: npm run simulate -- ${options}`,
    '',
    `The fewest deeds that lead to it, found in ${runs} runs, under ${JSON.stringify(conditions)}:`,
    ...deeds.slice(0, SHOWN_DEEDS).map(describeDeed),
    ...(more > 0 ? [`  … and ${more} more`] : []),
    `  => ${smallest.detail.slice(0, SHOWN_TEXT)}`,
  ];
}

function describeDeed({ at, type, ...rest }: Deed): string {
  const facts = Object.entries(rest).map(([name, value]) => `${name} ${value}`);
  return `  ${(at / 1000).toFixed(3).padStart(8)} s  ${[type, ...facts].join(', ')}`;
}

export function describeCounts(counts: SimulationCounts, seconds: number): string {
  const { worlds, lives, answered, commands, entries, posts, snapshots, starts, steps } = counts;
  return [
    `${lives} lives in ${worlds} worlds: ${answered} tasks answered, ${commands} commands, ${entries} entries,`,
    `${posts} POSTs, ${starts} replicas started, ${snapshots} snapshots, ${steps} steps`,
    `in ${seconds.toFixed(1)} s`,
  ].join(' ');
}
