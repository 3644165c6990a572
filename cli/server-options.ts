import type { Command } from 'commander';
import type { MockServerOptions } from '../mock-server/index.ts';
import {
  duration,
  factor,
  headerText,
  mount,
  oneOf,
  type Reader,
  rate,
  size,
  webAddress,
  wholeNumber,
} from './readers.ts';
import { Setting, type SettingRules } from './setting.ts';

/** The options of a mock as they were read. */
export interface ServerFlags {
  readonly pack?: readonly string[];
  readonly profile?: string;
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
  readonly grace?: string;
  readonly publicUrl?: string;
  readonly config?: string;
}

type Row = readonly [flags: string, description: string, reader?: Reader<unknown>];

const VENDOR: readonly Row[] = [
  ['--scenario <name>', 'what happens to tasks that ask for nothing (default: success)'],
  ['--seed <n>', 'same seed, same bytes (default: 1)'],
  ['--concurrency <n>', 'number of tasks that may run at once, per key (default: no limit)', wholeNumber(1)],
  ['--queue <n>', 'number of tasks that may wait for a slot, per key (default: 0)', wholeNumber()],
  [
    '--rate-limit <n/duration>',
    'submissions per key, like 20/10s, or off (default: what the profile says)',
    rate,
  ],
];

const TIME: readonly Row[] = [
  [
    '--clock <mode>',
    'real, virtual (does not move until it is advanced) or polls (each read is a step) (default: real)',
    oneOf('real', 'virtual', 'polls'),
  ],
  [
    '--speed <factor>',
    'how much faster than the vendor tasks run and retries follow (default: 20x on the real clock, else 1x)',
    factor,
  ],
];

const CALLBACKS: readonly Row[] = [
  ['--ack-timeout <duration>', 'time a receiver has to answer, wall time (default: per vendor)', duration],
  ['--retries <n>', 'number of retries after the first attempt (default: per vendor)', wholeNumber()],
  [
    '--ack-status <status>',
    'status that acknowledges: 200 or 2xx (default: per vendor)',
    oneOf('200', '2xx'),
  ],
  ['--secret <key>', 'key to sign callbacks with'],
];

const SERVER: readonly Row[] = [
  ['--public-url <url>', 'where media URLs point (default: the host a submission was sent to)', webAddress],
  [
    '--keep <n>',
    'number of journal entries, and of finished tasks, kept in memory (default: 50000)',
    wholeNumber(1),
  ],
  [
    '--keep-bytes <size>',
    'memory for journal entries and tasks, like 256mb (default: a third of the heap limit)',
    size,
  ],
  ['--data <dir>', 'folder for the journal, so that nothing accepted is lost (default: memory only)'],
  [
    '--durability <how>',
    'strict: a change is on the disk before its answer; relaxed: with the system (default: strict)',
    oneOf('strict', 'relaxed'),
  ],
  [
    '--grace <duration>',
    'time that stopping waits for callbacks in flight, wall time (default: 5s)',
    duration,
  ],
];

/** What every command with packs in it accepts. */
export function addPackOptions(command: Command, group = 'Packs:'): Command {
  return command
    .addOption(
      new Setting('--pack <dir...>', 'pack folders in addition to the built-in packs', {
        group,
        list: 'commas',
      }),
    )
    .addOption(
      new Setting(
        '--profile <name>',
        'documented (as the pages say) or observed (as real traffic shows) (default: the first of each pack)',
        { group },
      ),
    );
}

/** A file with the same options. */
export function addConfigOption(command: Command, group?: string): Command {
  return command.addOption(
    new Setting(
      '--config <file>',
      'a JSON or YAML file with these options in camelCase; flags and environment win',
      group === undefined ? {} : { group },
    ),
  );
}

/** Options that every command that runs a mock accepts, in the groups of its --help. */
export function addServerOptions(command: Command): Command {
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

  const vendor = 'What it mocks:';
  addPackOptions(command, vendor);
  addList('--mount <pack=/prefix...>', 'move a pack to a prefix, when two claim one path', {
    group: vendor,
    reader: mount,
  });
  add(vendor, VENDOR);
  addList('--api-key <key...>', 'accept only these keys (default: any that is not empty)', {
    group: vendor,
    reader: headerText,
  });
  add('Time:', TIME);
  add('Callbacks:', CALLBACKS);
  addList('--retry-gaps <durations>', 'like 30s,60s,120s, divided by the speed (default: per vendor)', {
    group: 'Callbacks:',
    reader: duration,
  });
  addList('--allow-callback <host...>', 'hosts beyond loopback and private addresses', {
    group: 'Callbacks:',
  });
  add('The server:', SERVER);
  return addConfigOption(command, 'The server:');
}

/** From flags to what the library takes. */
export function serverOptions(flags: ServerFlags): MockServerOptions {
  const { pack, mount: mounts, apiKey, config: _config, ...same } = flags;
  return {
    ...same,
    ...(pack === undefined ? {} : { packs: pack }),
    ...(mounts === undefined ? {} : { mounts: Object.fromEntries(mounts) }),
    ...(apiKey === undefined ? {} : { apiKeys: apiKey }),
  };
}
