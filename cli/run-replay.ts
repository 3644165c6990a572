import { commandLine, quote } from '../contract-tests/command-line.ts';
import type { RunFlags } from './run-flags.ts';
import type { ServerFlags } from './server-options.ts';

type Value = string | number | undefined;

/** Options whose values are not written to reports, which are often published. */
const SECRET: ReadonlySet<string> = new Set<keyof ServerFlags>(['apiKey', 'secret']);

/**
 * Returns the command line that repeats a run. It contains the options that were set by variables and in the configuration
 * file, and the names of variables instead of secrets. `--strict` is added to the command lines of all suites when they are
 * shown.
 */
export function replayOf(command: readonly string[], flags: RunFlags): string {
  const { server, port, env, timeScale, allowUnused } = flags;
  const words = ['stuntdouble', 'run', '--verify'];
  if (allowUnused) words.push('--allow-unused');
  // Everything in the configuration file is already among the options.
  const { config: _config, ...options } = server;
  const secrets = Object.keys(options).filter((name) => SECRET.has(name));
  const rows: (readonly [flag: string, value: Value])[] = [
    ...Object.entries(options)
      .filter(([name]) => !SECRET.has(name))
      .map(([name, value]) => [flagOf(name), textOf(value)] as const),
    ['--port', port === 0 ? undefined : port],
    ['--time-scale', timeScale === 1 ? undefined : timeScale],
    ...env.map((text) => ['--env', text] as const),
  ];
  const hidden = secrets.map((name) => ` ${flagOf(name)} "$${variableOf(name)}"`).join('');
  return `${commandLine(words, rows)}${hidden} -- ${command.map(quote).join(' ')}`;
}

function flagOf(name: string): string {
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function variableOf(name: string): string {
  return `STUNTDOUBLE_${flagOf(name).slice(2).replaceAll('-', '_').toUpperCase()}`;
}

/** Entries of lists are separated by commas; a mount is a pair of a pack and its prefix. */
function textOf(value: ServerFlags[keyof ServerFlags]): Value {
  if (value === undefined || typeof value === 'string' || typeof value === 'number') return value;
  return value.map((entry) => (typeof entry === 'string' ? entry : entry.join('='))).join(',');
}
