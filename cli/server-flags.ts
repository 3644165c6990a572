import { quote } from '../contract-tests/command-line.ts';
import type { ServerFlags } from './server-options.ts';

/** Options whose values must not appear in reports. Each is read from its environment variable instead. */
const SECRETS: ReadonlySet<string> = new Set(['apiKey', 'secret', 'adminToken', 'store']);

/** Returns the options of a mock as words of a command line, in the order in which they were given. */
export function flagsOf(server: ServerFlags): string[] {
  return Object.entries(server).flatMap(([name, value]: [string, unknown]) => wordsOf(name, value));
}

function wordsOf(name: string, value: unknown): string[] {
  const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  if (value === undefined) return [];
  if (SECRETS.has(name)) return [flag, `"$STUNTDOUBLE_${flag.slice(2).replaceAll('-', '_').toUpperCase()}"`];
  if (value === true) return [flag];
  if (value === false) return [`--no-${flag.slice(2)}`];
  if (!Array.isArray(value)) return [flag, quote(String(value))];
  return value.flatMap((one: unknown) => [flag, quote(Array.isArray(one) ? one.join('=') : String(one))]);
}
