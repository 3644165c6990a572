import type { Command } from 'commander';
import type { MockServerOptions } from '../mock-server/index.ts';
import {
  duration,
  factor,
  headerText,
  interval,
  journalSize,
  mount,
  oneOf,
  type Reader,
  rate,
  size,
  webAddress,
  wholeNumber,
} from './readers.ts';
import { Setting, type SettingRules } from './setting.ts';

/** The parsed options of a mock. */
export interface ServerFlags {
  readonly pack?: readonly string[];
  readonly cors?: readonly string[];
  readonly profile?: string;
  readonly only?: readonly string[];
  readonly mount?: readonly (readonly [pack: string, prefix: string])[];
  readonly scenario?: string;
  readonly seed?: string;
  readonly clock?: 'real' | 'virtual' | 'polls';
  readonly speed?: number;
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
  readonly snapshotAfter?: string;
  readonly snapshotEvery?: string;
  readonly grace?: string;
  readonly publicUrl?: string;
  readonly config?: string;
}

type Row = readonly [flags: string, description: string, reader?: Reader<unknown>];

const VENDOR: readonly Row[] = [
  ['--scenario <name>', 'scenario of tasks that do not select one (default: success)'],
  ['--seed <n>', 'seed of ids and content; the same seed gives the same bytes (default: 1)'],
  ['--concurrency <n>', 'number of tasks that may run at once, per key (default: unlimited)', wholeNumber(1)],
  ['--queue <n>', 'number of tasks that may wait for a slot, per key (default: 0)', wholeNumber()],
  [
    '--rate-limit <n/duration>',
    'number of submissions per key and time, such as 20/10s, or off (default: per profile)',
    rate,
  ],
];

const CLOCK: Row = [
  '--clock <mode>',
  'real, virtual (moves only when advanced) or polls (each poll moves it one step) (default: real)',
  oneOf('real', 'virtual', 'polls'),
];

const SPEED: Row = [
  '--speed <factor>',
  'factor by which tasks and retries are faster than at the vendor (default: 20x on the real clock, otherwise 1x)',
  factor,
];

const CALLBACKS: readonly Row[] = [
  ['--ack-timeout <duration>', 'time a receiver has to answer, wall time (default: per vendor)', duration],
  ['--retries <n>', 'number of retries after the first attempt (default: per vendor)', wholeNumber()],
  [
    '--ack-status <status>',
    'status that acknowledges a callback: 200 or 2xx (default: per vendor)',
    oneOf('200', '2xx'),
  ],
  ['--secret <key>', 'secret for signing callbacks'],
];

const SERVER: readonly Row[] = [
  ['--public-url <url>', 'base of media URLs (default: the host that received the submission)', webAddress],
  [
    '--keep <n>',
    'number of journal entries and of finished tasks to keep in memory (default: 50000)',
    wholeNumber(1),
  ],
  [
    '--keep-bytes <size>',
    'memory limit for journal entries and tasks, such as 256mb (default: a third of the heap limit)',
    size,
  ],
  ['--data <dir>', 'folder to store the journal in, so that tasks survive a restart (default: memory only)'],
  [
    '--durability <how>',
    'answer a submission after it is on disk (strict) or written to the operating system (relaxed) (default: strict)',
    oneOf('strict', 'relaxed'),
  ],
  [
    '--snapshot-after <size>',
    'size of the journal after which a snapshot of all tasks replaces it, such as 256mb (default: 64mb)',
    journalSize,
  ],
  [
    '--snapshot-every <duration>',
    'time after which a snapshot replaces a smaller journal, wall time (default: 1h)',
    interval,
  ],
  [
    '--grace <duration>',
    'how long shutdown waits for callbacks in flight, wall time (default: 5s)',
    duration,
  ],
];

/** Adds the options of every command that loads packs. */
export function addPackOptions(command: Command, group = 'Packs:'): Command {
  return command
    .addOption(
      new Setting('--pack <dir...>', 'pack folders to load in addition to the built-in packs', {
        group,
        list: 'commas',
      }),
    )
    .addOption(
      new Setting(
        '--profile <name>',
        'profile of the packs, such as documented or observed (default: the first profile of each pack)',
        { group },
      ),
    );
}

/** Adds the option for a configuration file. */
export function addConfigOption(command: Command, group?: string): Command {
  return command.addOption(
    new Setting(
      '--config <file>',
      'JSON or YAML file with these options in camelCase; flags and environment variables take precedence',
      group === undefined ? {} : { group },
    ),
  );
}

/**
 * Adds the options of every command that runs a mock, in the groups of its --help.
 * @param choosesClock whether the command offers other clocks than the real one, because something can advance them
 */
export function addServerOptions(
  command: Command,
  { choosesClock }: { readonly choosesClock: boolean },
): Command {
  const add = (group: string, rows: readonly Row[]): void => {
    for (const [flags, description, reader] of rows) {
      command.addOption(
        new Setting(flags, description, reader === undefined ? { group } : { group, reader }),
      );
    }
  };
  const addList = (flags: string, description: string, rules: SettingRules): void => {
    command.addOption(new Setting(flags, description, { list: 'commas', ...rules }));
  };

  const vendor = 'Vendor:';
  addPackOptions(command, vendor);
  addList('--only <pack...>', 'names of the packs to serve (default: all)', { group: vendor });
  addList('--mount <pack=/prefix...>', 'serve a pack at this prefix instead of the root and /NAME', {
    group: vendor,
    reader: mount,
  });
  add(vendor, VENDOR);
  addList('--api-key <key...>', 'accept only these keys (default: any non-empty key)', {
    group: vendor,
    reader: headerText,
  });
  add('Time:', choosesClock ? [CLOCK, SPEED] : [SPEED]);
  add('Callbacks:', CALLBACKS);
  addList(
    '--retry-gaps <durations>',
    'gaps between attempts, such as 30s,60s,120s, divided by the speed (default: per vendor)',
    {
      group: 'Callbacks:',
      reader: duration,
    },
  );
  addList(
    '--allow-callback <host...>',
    'hosts that callbacks may be sent to, in addition to loopback and private addresses',
    {
      group: 'Callbacks:',
    },
  );
  addList(
    '--cors <origin...>',
    'origins whose pages may call the mock in a browser, such as http://localhost:5173; * for all (default: none, like the vendors)',
    { group: 'Server:' },
  );
  add('Server:', SERVER);
  return addConfigOption(command, 'Server:');
}

/** Converts flags to the options of the library. */
export function serverOptions(flags: ServerFlags): MockServerOptions {
  const { pack, mount: mounts, apiKey, config: _config, ...same } = flags;
  return {
    ...same,
    ...(pack === undefined ? {} : { packs: pack }),
    ...(mounts === undefined ? {} : { mounts: Object.fromEntries(mounts) }),
    ...(apiKey === undefined ? {} : { apiKeys: apiKey }),
  };
}
