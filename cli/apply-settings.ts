import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { CodedError } from '../mock-server/index.ts';
import { didYouMean, editDistance } from '../mock-server/internal.ts';
import { configFileFor } from './config-file.ts';
import { Setting, settingsOf } from './setting.ts';

const PREFIX = 'STUNTDOUBLE_';

/** Variables that `stuntdouble run` sets for its command, which may run this program again. */
const OF_RUN: ReadonlySet<string> = new Set(['STUNTDOUBLE_URL', 'STUNTDOUBLE_KEY']);

/** The sources of settings in addition to command-line flags. */
export interface Sources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Receives a warning about each ignored variable. */
  readonly warn: (message: string) => void;
}

/**
 * Sets options that were not set by flags, from the environment and then from the configuration file.
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
  if (!own.some((setting) => setting.name() === 'config')) return;
  const path = configFileFor(command.opts().config);
  if (path === null) return;
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

/** Rejects keys that do not belong to any command. Several commands may share a file, so keys of other commands are ignored. */
function refuseUnknown(name: string, path: string, everywhere: readonly Setting[]): void {
  const known = [...new Set(everywhere.map((setting) => setting.attributeName()))].filter(
    (one) => one !== 'config',
  );
  if (known.includes(name)) return;
  throw new CodedError(
    'CONFIG_UNREADABLE',
    name === 'config'
      ? `${path} sets "config", which can only be set by a flag or an environment variable.`
      : `${path} sets "${name}", which is not an option of any command.`,
    name === 'config' ? 'Remove it.' : didYouMean(name, known, 'Remove it.', 2),
  );
}

async function readConfig(path: string): Promise<Record<string, unknown>> {
  try {
    const { parse } = await import('yaml');
    // A file in which everything is a comment is null.
    const value: unknown = parse(readFileSync(path, 'utf8')) ?? {};
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
    throw new Error('it is not an object');
  } catch (error) {
    throw new CodedError(
      'CONFIG_UNREADABLE',
      `Cannot read the configuration file ${path}: ${(error as Error).message.trim()}`,
      'Use a JSON or YAML file with options in camelCase, such as ackTimeout: 2s.',
    );
  }
}

/**
 * Rejects misspelled variables, which would otherwise have no effect. Warns about other unknown variables, which may
 * belong to another program.
 */
function checkVariables(
  env: Sources['env'],
  everywhere: readonly Setting[],
  warn: (message: string) => void,
): void {
  const known = new Set(everywhere.map(({ variable }) => variable));
  const unknown = Object.keys(env).filter(
    (name) => name.startsWith(PREFIX) && !known.has(name) && !OF_RUN.has(name),
  );
  for (const name of unknown) {
    const meant = [...known].find((one) => isTypo(name.slice(PREFIX.length), one.slice(PREFIX.length)));
    if (meant !== undefined) {
      throw new CodedError(
        'OPTION_INVALID',
        `Unknown environment variable ${name}.`,
        `Did you mean ${meant}? Rename or unset it.`,
      );
    }
    warn(`ignoring the unknown environment variable ${name}`);
  }
}

/** Returns whether at most one letter in six is wrong, or two letters are swapped. */
function isTypo(name: string, known: string): boolean {
  if (known.length < 3) return false;
  const distance = editDistance(name, known);
  return distance <= Math.ceil(known.length / 6) || (distance === 2 && sorted(name) === sorted(known));
}

function sorted(text: string): string {
  return [...text].sort().join('');
}
