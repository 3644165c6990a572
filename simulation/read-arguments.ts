import { parseArgs } from 'node:util';

export const HELP = `Usage: npm run simulate -- [options]

Runs many replicas on a simulated clock, with crashes, lost messages and receivers that fail, and checks
after every step that they behave as one.

Options:
  --lives <number>  tasks to submit, 100 in each world (default: 20000)
  --seed <number>   seed of the first world (default: 1)
  --bug <name>      part of the product to replace with a defective one (default: none)
  --help            show this help
`;

export interface SimulationArguments {
  readonly lives: number;
  readonly seed: number;
  readonly bug: string | null;
  readonly isHelp: boolean;
}

const LIVES = 20_000;

/** @throws {Error} when an option is unknown or not usable */
export function readArguments(args: readonly string[]): SimulationArguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      lives: { type: 'string' },
      seed: { type: 'string' },
      bug: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  const { lives, seed, bug = null, help: isHelp = false } = values;
  return { lives: count('lives', lives, LIVES), seed: count('seed', seed, 1), bug, isHelp };
}

function count(name: string, text: string | undefined, fallback: number): number {
  const value = text === undefined ? fallback : Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new Error(`--${name} must be a whole number above 0, got "${text}"`);
}
