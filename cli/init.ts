import { existsSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Command } from 'commander';
import { CodedError } from '../mock-server/index.ts';
import { PACKAGE_ROOT } from '../mock-server/internal.ts';
import { CONFIG_FILE } from './config-file.ts';
import { EXIT } from './exit-codes.ts';
import type { Printer } from './print.ts';
import { Setting } from './setting.ts';

/** Writes a configuration file in which every option of `start` is a comment. */
export function init(
  file: string,
  { force = false }: { readonly force?: boolean },
  start: Command,
  printer: Printer,
): number {
  if (existsSync(file) && !force) {
    throw new CodedError(
      'OPTION_INVALID',
      `${file} already exists`,
      'Pass another name, or pass --force to replace it.',
    );
  }
  writeFileSync(file, configText(start, schemaLocation(process.cwd())));
  printer.object({ type: 'config', file });
  printer.line(`wrote ${file}; remove the # from an option to set it`);
  if (file === CONFIG_FILE) printer.line('commands that are run in this folder use it');
  else printer.line(`to use it: --config ${file}`);
  return EXIT.ok;
}

/** Returns the text of a configuration file. */
export function configText(start: Command, schema: string): string {
  const settings = start.options.filter(
    (option): option is Setting => option instanceof Setting && option.name() !== 'config',
  );
  const parts = [...groupsOf(settings)].map(([group, own]) => `# ${group}\n\n${own.map(entryOf).join('\n')}`);
  return `# yaml-language-server: $schema=${schema}
#
# Options of Stunt Double. Flags and environment variables take precedence. Each option is a comment with an example.

${parts.join('\n')}`;
}

function groupsOf(settings: readonly Setting[]): Map<string, Setting[]> {
  const groups = new Map<string, Setting[]>();
  for (const setting of settings) {
    const group = (setting.helpGroupHeading ?? 'Other:').replace(/:$/, '');
    groups.set(group, [...(groups.get(group) ?? []), setting]);
  }
  return groups;
}

function entryOf(setting: Setting): string {
  const { description } = setting;
  return `# ${description}\n# ${setting.attributeName()}: ${exampleOf(setting)}\n`;
}

/** Examples of options whose description does not contain one. */
const EXAMPLES: Readonly<Record<string, string>> = {
  pack: '[./my-vendor]',
  profile: 'documented',
  mount: '[luma=/luma]',
  scenario: 'fail.nsfw',
  seed: '7',
  'rate-limit': '20/10s',
  concurrency: '3',
  queue: '10',
  'api-key': '[key-1, key-2]',
  'ack-timeout': '2s',
  retries: '1',
  'retry-gaps': '[1s, 2s]',
  secret: 'a-secret',
  'allow-callback': '[hooks.example.com]',
  'public-url': 'https://mock.example',
  data: '.stuntdouble/data',
  cert: 'cert.pem',
  'key-file': 'key.pem',
  'admin-token': 'a-token',
  'time-scale': '30',
  tls: '.stuntdouble',
  speed: '1x',
  'keep-bytes': '256mb',
};

function exampleOf(setting: Setting): string {
  if (setting.isSwitch) return String(!setting.negate);
  const [first] = setting.words;
  if (first !== undefined) return first;
  const known = EXAMPLES[setting.name()] ?? /\(default: ([^\s():]+)\)/.exec(setting.description)?.[1];
  return known ?? String(setting.defaultValue ?? '…');
}

/** The schema belongs to the installed version: relative if the package is below the folder. */
function schemaLocation(from: string): string {
  const schema = join(PACKAGE_ROOT, 'spec', 'config.schema.json');
  const path = relative(from, schema);
  return path.startsWith('..') ? pathToFileURL(schema).href : `./${path}`;
}
