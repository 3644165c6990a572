import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { CodedError, editDistance, nearest } from '../mock-server/index.ts';
import { Setting } from './setting.ts';

const PREFIX = 'STUNTDOUBLE_';

/** What the settings of a command come from, in addition to its flags. */
export interface Sources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Receives a message about a variable that is ignored. */
  readonly warn: (message: string) => void;
}

/**
 * Fills in what no flag has set: from the environment, then from the configuration file.
 * @throws {CodedError} OPTION_INVALID, CONFIG_UNREADABLE
 */
export async function applySettings(command: Command, { env, warn }: Sources): Promise<void> {
  const everywhere = settingsOf(rootOf(command));
  checkVariables(env, everywhere, warn);
  const own = command.options.filter((option) => option instanceof Setting);
  for (const setting of own) {
    const text = env[setting.variable];
    if (text === undefined || isFlag(command, setting)) continue;
    command.setOptionValueWithSource(setting.attributeName(), setting.fromEnvironment(text), 'env');
  }
  const path: unknown = command.opts().config;
  if (typeof path !== 'string') return;
  for (const [name, value] of Object.entries(await readConfig(path))) {
    const setting = own.find((one) => one.attributeName() === name && name !== 'config');
    if (setting === undefined) {
      refuseUnknown(name, path, everywhere);
      continue;
    }
    const read = setting.fromConfig(value, path);
    if (isFlag(command, setting) || command.getOptionValueSource(name) === 'env') continue;
    command.setOptionValueWithSource(name, read, 'config');
  }
}

function isFlag(command: Command, setting: Setting): boolean {
  return command.getOptionValueSource(setting.attributeName()) === 'cli';
}

function rootOf(command: Command): Command {
  return command.parent === null ? command : rootOf(command.parent);
}

/** The settings of a command and of all under it. */
function settingsOf(command: Command): Setting[] {
  return [
    ...command.options.filter((option) => option instanceof Setting),
    ...command.commands.flatMap(settingsOf),
  ];
}

/** One file may serve several commands, so names of other commands are ignored; other names are misspelled. */
function refuseUnknown(name: string, path: string, everywhere: readonly Setting[]): void {
  const known = [...new Set(everywhere.map((setting) => setting.attributeName()))].filter(
    (one) => one !== 'config',
  );
  if (known.includes(name)) return;
  const close = nearest(name, known, 2);
  throw new CodedError(
    'CONFIG_UNREADABLE',
    name === 'config'
      ? `${path} sets "config", which only a flag or the environment can set.`
      : `${path} sets "${name}", which is not an option of any command.`,
    name === 'config' || close.length === 0 ? 'Remove it.' : `Did you mean ${close.join(' or ')}?`,
  );
}

async function readConfig(path: string): Promise<Record<string, unknown>> {
  try {
    const { parse } = await import('yaml');
    const value: unknown = parse(readFileSync(path, 'utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
    throw new Error('it must be one object');
  } catch (error) {
    throw new CodedError(
      'CONFIG_UNREADABLE',
      `The configuration file ${path} cannot be used: ${(error as Error).message.trim()}`,
      'Give a JSON or YAML file with options in camelCase, like ackTimeout: 2s.',
    );
  }
}

/**
 * A misspelled variable would silently have no effect, so it is refused; one that resembles none may belong to somebody
 * else's program, so it only gets a warning.
 */
function checkVariables(
  env: Sources['env'],
  everywhere: readonly Setting[],
  warn: (message: string) => void,
): void {
  const known = new Set(everywhere.map(({ variable }) => variable));
  const unknown = Object.keys(env).filter((name) => name.startsWith(PREFIX) && !known.has(name));
  for (const name of unknown) {
    const meant = [...known].find((one) => isSlip(name.slice(PREFIX.length), one.slice(PREFIX.length)));
    if (meant !== undefined) {
      throw new CodedError(
        'OPTION_INVALID',
        `The environment variable ${name} is not a setting.`,
        `Did you mean ${meant}? Rename or unset it.`,
      );
    }
    warn(`the environment variable ${name} is not a setting of Stunt Double and has no effect`);
  }
}

/** One letter in six may be wrong, and two neighbors may be swapped. */
function isSlip(name: string, known: string): boolean {
  if (known.length < 3) return false;
  const distance = editDistance(name, known);
  return distance <= Math.ceil(known.length / 6) || (distance === 2 && sorted(name) === sorted(known));
}

function sorted(text: string): string {
  return [...text].sort().join('');
}
