import { describeMachine, readMachine } from './machine.ts';
import { MEASURES } from './measures.ts';
import { profile } from './profile.ts';
import { createProgress } from './progress.ts';
import { type Arguments, HELP, readArguments, UsageError } from './read-arguments.ts';
import { judge } from './row.ts';
import { type Outcome, runMeasure, withBench } from './run-measure.ts';
import { formatRows } from './table.ts';

const EXIT = { reached: 0, missed: 1, failed: 3, usage: 64 } as const;

type MeasureArguments = Extract<Arguments, { type: 'measure' }>;

// On stderr, so that the result on stdout can be piped.
const progress = createProgress(process.stderr);

async function measure({ only, rounds, quick, json }: MeasureArguments): Promise<number> {
  const machine = readMachine();
  const chosen = MEASURES.filter(({ name }) => only.length === 0 || only.includes(name));
  const outcomes: Outcome[] = [];
  for (const one of chosen) {
    outcomes.push(await runMeasure(one, { rounds, quick, say: progress.show }));
  }
  progress.clear();
  const rows = outcomes.flatMap((outcome) => outcome.rows);
  const notes = outcomes.flatMap((outcome) => outcome.notes);
  const failures = outcomes.flatMap(({ failure }, index) =>
    failure === null ? [] : [`${chosen[index]?.name ?? ''} FAILED: ${failure}`],
  );
  if (json) {
    const judged = rows.map((row) => ({ ...row, verdict: judge(row) }));
    print(JSON.stringify({ machine, quick, rows: judged, notes, failures }));
  } else {
    print(describeMachine(machine), '', ...formatRows(rows), '', ...explain(quick), ...notes, ...failures);
  }
  if (failures.length > 0) return EXIT.failed;
  return rows.some((row) => judge(row) === 'MISSED') ? EXIT.missed : EXIT.reached;
}

function explain(quick: boolean): string[] {
  return [
    'Each figure is the median of the ratios of all rounds; in each round, ours and theirs ran one directly after the other.',
    ...(quick ? ['--quick: a tenth of the work, to detect failures; do not quote these numbers.'] : []),
  ];
}

async function showProfile(): Promise<number> {
  let lines: readonly string[] = [];
  const { failure } = await withBench({ rounds: 1, quick: false, say: progress.show }, async (bench) => {
    lines = await profile(bench);
    return [];
  });
  progress.clear();
  print(...lines, ...(failure === null ? [] : [`FAILED: ${failure}`]));
  return failure === null ? EXIT.reached : EXIT.failed;
}

function print(...lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

async function main(argv: readonly string[]): Promise<number> {
  const given = readArguments(
    argv,
    MEASURES.map(({ name }) => name),
  );
  switch (given.type) {
    case 'help':
      process.stdout.write(HELP);
      return EXIT.reached;
    case 'list':
      print(...MEASURES.map(({ name, what }) => `${name.padEnd(10)}  ${what}`));
      return EXIT.reached;
    case 'profile':
      return showProfile();
    case 'measure':
      return measure(given);
  }
}

// The reader of the result may exit early ("| head").
process.stdout.on('error', () => undefined);
// Child processes end with this process, including on a signal.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\n\n${HELP}`);
  process.exitCode = EXIT.usage;
}
