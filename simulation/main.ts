import { loadPacks } from '../mock-server/load-packs.ts';
import { createLoadedPacks } from '../mock-server/packs/loaded-packs.ts';
import { describeCounts, describeFailure } from './describe.ts';
import { HELP, readArguments, type SimulationArguments } from './read-arguments.ts';
import { SEEDED_BUGS } from './seeded-bugs.ts';
import { simulate } from './simulate.ts';

const EXIT = { held: 0, violated: 1, usage: 64 } as const;

async function main({ lives, seed, bug, isHelp }: SimulationArguments): Promise<number> {
  if (isHelp) {
    process.stdout.write(`${HELP}\nDefects:\n${bugList()}`);
    return EXIT.held;
  }
  const seeded = bug === null ? null : SEEDED_BUGS.get(bug);
  if (seeded === undefined) throw new Error(`unknown defect "${bug}"; known are:\n${bugList()}`);
  const startedAt = performance.now();
  const { tampering = {}, under: conditions = {}, deeds } = seeded ?? {};
  const { counts, failure } = await simulate({
    ...{ packs: createLoadedPacks(loadPacks()), lives, seed, tampering, conditions, deeds },
    onWorld(done) {
      if (process.stderr.isTTY) process.stderr.write(`\r${done.lives} of ${lives} lives`);
    },
  });
  if (process.stderr.isTTY) process.stderr.write('\n');
  process.stdout.write(`${describeCounts(counts, (performance.now() - startedAt) / 1000)}\n`);
  if (failure === null) return EXIT.held;
  process.stdout.write(`\n${describeFailure(failure, bug).join('\n')}\n`);
  return EXIT.violated;
}

function bugList(): string {
  return [...SEEDED_BUGS].map(([name, { summary }]) => `  ${name}: ${summary}\n`).join('');
}

try {
  process.exitCode = await main(readArguments(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = EXIT.usage;
}
