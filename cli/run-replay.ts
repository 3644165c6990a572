import { commandLine, quote } from '../contract-tests/command-line.ts';
import type { RunFlags } from './run-flags.ts';
import { flagsOf } from './server-flags.ts';

/**
 * Returns the command line that repeats a run. It contains the options that were set by variables and in the configuration
 * file. `--strict` is added to the command lines of all suites when they are shown.
 */
export function replayOf(command: readonly string[], flags: RunFlags): string {
  const { server, port, env, timeScale, allowUnused } = flags;
  // Everything in the configuration file is already among the options.
  const { config: _config, ...options } = server;
  const words = ['stuntdouble', 'run', '--verify', ...flagsOf(options)];
  if (allowUnused) words.push('--allow-unused');
  const line = commandLine(words, [
    ['--port', port === 0 ? undefined : port],
    ['--time-scale', timeScale === 1 ? undefined : timeScale],
    ...env.map((text) => ['--env', text] as const),
  ]);
  return `${line} -- ${command.map(quote).join(' ')}`;
}
