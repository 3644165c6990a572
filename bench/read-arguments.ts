import { parseArgs } from 'node:util';

export type Arguments =
  | { readonly type: 'help' | 'list' | 'profile' }
  | {
      readonly type: 'measure';
      /** Names of measures; all when empty. */
      readonly only: readonly string[];
      /** Each measure's own number when null. */
      readonly rounds: number | null;
      readonly quick: boolean;
      readonly json: boolean;
    };

export class UsageError extends Error {}

export const HELP = `npm run bench -- [options]

  --only NAME   this measure alone; may be given several times
  --rounds N    rounds that count, for every measure
  --quick       a tenth of the work: for CI, too short for numbers to be quoted
  --json        one JSON object instead of the table
  --profile     no measuring: CPU profiles of the mock, into ./bench-profiles
  --list        what is measured

Exit codes: 0 every target reached, 1 one was missed, 3 a measure failed, 64 wrong usage.
`;

/** @throws {UsageError} saying what was wrong and what there is */
export function readArguments(argv: readonly string[], known: readonly string[]): Arguments {
  const { help, list, profile, only = [], rounds, quick = false, json = false } = parse(argv);
  if (help === true) return { type: 'help' };
  if (list === true) return { type: 'list' };
  if (profile === true) return { type: 'profile' };
  const names = only.flatMap((name) => name.split(','));
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(`there is no measure "${unknown}"; there are ${known.join(', ')}`);
  }
  return {
    type: 'measure',
    only: names,
    rounds: rounds === undefined ? null : readRounds(rounds),
    quick,
    json,
  };
}

function parse(argv: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        help: { type: 'boolean', short: 'h' },
        list: { type: 'boolean' },
        profile: { type: 'boolean' },
        only: { type: 'string', multiple: true },
        rounds: { type: 'string' },
        quick: { type: 'boolean' },
        json: { type: 'boolean' },
      },
    });
    return values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function readRounds(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new UsageError(`--rounds takes a whole number from 1 to 9999, got "${text}"`);
}
