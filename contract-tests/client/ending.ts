import type { RunFacts } from './evidence.ts';

type RunEnd = Pick<RunFacts, 'client' | 'exitCode' | 'output'>;

/** Returns how a run ended, to continue "it": `exited with code 1`, `threw an error`, `was stopped`. */
export function endingOf({ client, exitCode }: Omit<RunEnd, 'output'>): string {
  if (exitCode === null) return 'was stopped';
  if (client === 'command') return `exited with code ${exitCode}`;
  return exitCode === 0 ? 'returned' : 'threw an error';
}

/** Returns how a run ended, with the line of its output that explains it best. */
export function sayEnding(run: RunEnd): string {
  const line = tellingLineOf(run);
  return line === null ? endingOf(run) : `${endingOf(run)} (output: "${line}")`;
}

/** Maximum length of a line in a verdict. */
const LONGEST = 200;
/** Lines that runtimes print around an error: the stack, the quoted source, the version. */
const NOISE = /^(\s+at |\s*\^|Node\.js v|\s*[{}[\]]*$|node:internal|Traceback )/;
const ERROR = /^\s*(Uncaught |\[)?[\w.]*(Error|Exception|panic)\b.*/;

/** Returns the last error in the output, or else its last line; null without output. */
export function tellingLineOf({ output }: Pick<RunEnd, 'output'>): string | null {
  const lines = output.split('\n').filter((line) => !NOISE.test(line));
  const line = (lines.findLast((one) => ERROR.test(one)) ?? lines.at(-1))?.trim() ?? '';
  if (line === '') return null;
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}
