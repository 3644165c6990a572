import { readFileSync } from 'node:fs';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { CodedError, type MockServerOptions, nearest, parseDuration } from '../mock-server/index.ts';

/** The options of a mock as commander hands them over. */
export interface ServerFlags {
  readonly pack?: readonly string[];
  readonly profile?: string;
  readonly mount?: readonly string[];
  readonly scenario?: string;
  readonly seed?: string;
  readonly clock?: 'real' | 'virtual' | 'polls';
  readonly speed?: string;
  readonly ackTimeout?: string;
  readonly retries?: number;
  readonly retryGaps?: readonly string[];
  readonly ackStatus?: '200' | '2xx';
  readonly secret?: string;
  readonly apiKey?: readonly string[];
  readonly allowCallback?: readonly string[];
  readonly concurrency?: number;
  readonly rateLimit?: string;
  readonly queue?: number;
  readonly keep?: number;
  readonly keepBytes?: string;
  readonly data?: string;
  readonly durability?: 'strict' | 'relaxed';
  readonly grace?: string;
  readonly publicUrl?: string;
  readonly config?: string;
}

/** Options that every command with a mock in it takes, in the groups of its --help. */
export function addServerOptions(command: Command): Command {
  const add = (
    group: string,
    flags: string,
    description: string,
    parse?: (value: string) => unknown,
  ): void => {
    const option = new Option(flags, description).helpGroup(group);
    option.env(`STUNTDOUBLE_${option.name().replaceAll('-', '_').toUpperCase()}`);
    if (parse !== undefined) option.argParser(parse);
    command.addOption(option);
  };
  const choice = (group: string, flags: string, description: string, choices: string[]): void => {
    const option = new Option(flags, description).choices(choices).helpGroup(group);
    option.env(`STUNTDOUBLE_${option.name().replaceAll('-', '_').toUpperCase()}`);
    command.addOption(option);
  };

  const VENDOR = 'What it plays:';
  add(VENDOR, '--pack <dir...>', 'packs beside the built-in ones');
  add(VENDOR, '--profile <name>', 'documented (as the pages say) or observed (as real traffic shows)');
  add(VENDOR, '--mount <pack=/prefix...>', 'moves a pack, when two claim one path');
  add(VENDOR, '--scenario <name>', 'what happens to tasks that ask for nothing (default: success)');
  add(VENDOR, '--seed <n>', 'same seed, same bytes (default: 1)');
  add(VENDOR, '--concurrency <n>', 'tasks that may run at once, per key (default: no limit)', wholeNumber);
  add(VENDOR, '--queue <n>', 'tasks that may wait for a slot, per key (default: 0)', wholeNumber);
  add(
    VENDOR,
    '--rate-limit <n/duration>',
    'submissions per key, like 20/10s, or off (default: what the profile says)',
  );
  add(VENDOR, '--api-key <key...>', 'only these keys (default: any that is not empty)');

  const TIME = 'Time:';
  choice(TIME, '--clock <mode>', 'virtual stands still until it is advanced; polls: each read is a step', [
    'real',
    'virtual',
    'polls',
  ]);
  add(
    TIME,
    '--speed <factor>',
    'tasks and retries this much faster (default: 20x on the real clock, else 1x)',
  );

  const CALLBACKS = 'Callbacks:';
  add(
    CALLBACKS,
    '--ack-timeout <duration>',
    "a receiver's time to answer, wall time (default: the pack's)",
    duration,
  );
  add(CALLBACKS, '--retries <n>', "retries after the first try (default: the pack's)", wholeNumber);
  add(
    CALLBACKS,
    '--retry-gaps <durations>',
    "like 30s,60s,120s, before the speed (default: the pack's)",
    durations,
  );
  choice(CALLBACKS, '--ack-status <status>', "what acknowledges (default: the pack's)", ['200', '2xx']);
  add(CALLBACKS, '--secret <key>', 'signs callbacks');
  add(CALLBACKS, '--allow-callback <host...>', 'hosts beyond loopback and private addresses');

  const SERVER = 'The server:';
  add(SERVER, '--public-url <url>', 'where media URLs point (default: the host a submission was sent to)');
  add(
    SERVER,
    '--keep <n>',
    'journal entries, and finished tasks, kept in memory (default: 50000)',
    wholeNumber,
  );
  add(
    SERVER,
    '--keep-bytes <size>',
    'memory for journal entries and tasks, like 256mb (default: half of the heap limit)',
  );
  add(SERVER, '--data <dir>', 'a folder for the journal: nothing accepted is lost (default: memory alone)');
  choice(
    SERVER,
    '--durability <how>',
    'where an accepted task is before its answer: disk or system (default: strict)',
    ['strict', 'relaxed'],
  );
  add(
    SERVER,
    '--grace <duration>',
    'what stopping waits for callbacks under way, wall time (default: 5s)',
    duration,
  );
  add(
    SERVER,
    '--config <file>',
    'a JSON or YAML file with these options in camelCase; flags and environment win',
  );
  command.hook('preAction', (_, action) => applyConfig(action));
  return command;
}

/** An option that can also be set in the environment: `--ack-timeout` is STUNTDOUBLE_ACK_TIMEOUT. */
export function serverOption(flags: string, description: string): Option {
  const option = new Option(flags, description);
  return option.env(`STUNTDOUBLE_${option.name().replaceAll('-', '_').toUpperCase()}`);
}

/** From flags to what the library takes. */
export function serverOptions(flags: ServerFlags): MockServerOptions {
  const { pack, mount, apiKey, retryGaps, config: _config, ...same } = flags;
  return {
    ...same,
    ...(pack === undefined ? {} : { packs: listed(pack) }),
    ...(mount === undefined ? {} : { mounts: Object.fromEntries(listed(mount).map(readMount)) }),
    ...(apiKey === undefined ? {} : { apiKeys: listed(apiKey) }),
    ...(retryGaps === undefined ? {} : { retryGaps }),
    ...(same.allowCallback === undefined ? {} : { allowCallback: listed(same.allowCallback) }),
  };
}

/** A list from flags is a list; from the environment it is one text with commas. */
function listed(value: readonly string[] | string): string[] {
  return (typeof value === 'string' ? [value] : [...value]).flatMap((entry) => entry.split(','));
}

function readMount(text: string): [string, string] {
  const [, pack, prefix] = /^([^=]+)=(\/.*[^/])$/.exec(text) ?? [];
  if (pack !== undefined && prefix !== undefined) return [pack, prefix];
  throw new CodedError('OPTION_INVALID', `--mount takes PACK=/prefix, got "${text}"`);
}

/** Fills in from the file what neither a flag nor the environment has set. */
async function applyConfig(command: Command): Promise<void> {
  const path: unknown = command.opts().config;
  if (typeof path !== 'string') return;
  const known = new Map(command.options.map((option) => [option.attributeName(), option]));
  for (const [name, value] of Object.entries(await readConfig(path))) {
    const option = known.get(name);
    if (option === undefined) {
      const close = nearest(name, [...known.keys()], 2);
      throw new CodedError(
        'CONFIG_UNREADABLE',
        `${path} sets "${name}", which is no option of "${command.name()}"`,
        close.length > 0
          ? `Did you mean ${close.join(' or ')}?`
          : `See "stuntdouble ${command.name()} --help".`,
      );
    }
    const source = command.getOptionValueSource(name);
    if (source === 'cli' || source === 'env') continue;
    command.setOptionValueWithSource(name, fromConfig(option, value), 'config');
  }
}

function fromConfig(option: Option, value: unknown): unknown {
  if (Array.isArray(value)) return value.map(String);
  const text = typeof value === 'boolean' ? value : String(value);
  return option.parseArg !== undefined && typeof text === 'string' ? option.parseArg(text, undefined) : text;
}

async function readConfig(path: string): Promise<Record<string, unknown>> {
  try {
    const { parse } = await import('yaml');
    const value: unknown = parse(readFileSync(path, 'utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
    throw new Error('it must hold one object');
  } catch (error) {
    throw new CodedError('CONFIG_UNREADABLE', `${path} cannot be used: ${(error as Error).message}`);
  }
}

export function wholeNumber(value: string): number {
  if (/^\d+$/.test(value)) return Number(value);
  throw new InvalidArgumentError('It must be a whole number.');
}

function duration(value: string): string {
  if (parseDuration(value) !== null) return value;
  throw new InvalidArgumentError('It must be a duration like 500ms, 15s, 2m or 14d.');
}

function durations(value: string): string[] {
  return value.split(',').map((part) => duration(part.trim()));
}

/** Reads `30` or `30x`. */
export function factor(value: string): number {
  const number = Number(value.replace(/x$/, ''));
  if (Number.isFinite(number) && number > 0) return number;
  throw new CodedError('OPTION_INVALID', `"${value}" is no factor above 0`, 'Write it like 30 or 30x.');
}
