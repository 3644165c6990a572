import { parseArgs } from 'node:util';

export type Arguments =
  | { readonly type: 'help' | 'list' | 'profile' }
  | {
      readonly type: 'measure';
      /** Names of measures; all when empty. */
      readonly only: readonly string[];
      /** Null for each measure's own number. */
      readonly rounds: number | null;
      readonly quick: boolean;
      readonly json: boolean;
    };

export class UsageError extends Error {}

export const HELP = `npm run bench -- [options]

  --only NAME   run only this measure; repeatable
  --rounds N    number of counted rounds of every measure
  --quick       a tenth of the work, for CI; do not quote these numbers
  --json        print one JSON object instead of the table
  --profile     write CPU profiles of the mock to ./bench-profiles instead of measuring
  --list        list the measures

Exit codes: 0 every target met, 1 a target missed, 3 a measure failed, 64 invalid usage.
`;

/**
 * Reads the command-line arguments.
 * @throws {UsageError} with the invalid value and the known ones
 */
export function readArguments(argv: readonly string[], known: readonly string[]): Arguments {
  const { help, list, profile, only = [], rounds, quick = false, json = false } = parse(argv);
  if (help === true) return { type: 'help' };
  if (list === true) return { type: 'list' };
  if (profile === true) return { type: 'profile' };
  const names = only.flatMap((name) => name.split(','));
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(`unknown measure "${unknown}"; known measures: ${known.join(', ')}`);
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
  throw new UsageError(`--rounds must be a whole number from 1 to 9999, got "${text}"`);
}
