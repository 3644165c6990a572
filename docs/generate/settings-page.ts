import type { Command } from 'commander';
import { Setting } from '../../cli/setting.ts';

/** Returns `docs/reference/settings.md`, generated from the options. */
export function settingsPage(program: Command): string {
  const rows = new Map<string, Row>();
  collect(program, '', rows);
  const lines = [...rows.values()].map(
    ({ setting, defaults, commands }) =>
      `| \`${setting.flag}\` | \`${setting.variable}\` | ${keyOf(setting)} | ${[...defaults].join('; ').replaceAll('|', '\\|')} | ${commands.join(', ')} |`,
  );
  return `${INTRODUCTION}\n${lines.join('\n')}\n`;
}

interface Row {
  readonly setting: Setting;
  readonly defaults: Set<string>;
  readonly commands: string[];
}

function collect(command: Command, words: string, rows: Map<string, Row>): void {
  for (const setting of command.options.filter((option) => option instanceof Setting)) {
    const row = rows.get(setting.flag) ?? { setting, defaults: new Set(), commands: [] };
    rows.set(setting.flag, row);
    row.commands.push(words);
    const found = defaultOf(setting);
    if (found !== '') row.defaults.add(found);
  }
  for (const below of command.commands) collect(below, `${words} ${below.name()}`.trim(), rows);
}

function defaultOf({ defaultValue, description, negate }: Setting): string {
  if (defaultValue !== undefined && !negate) return String(defaultValue);
  return /\(default: ([^()]*)\)/.exec(description)?.[1] ?? '';
}

/** A key in a file is named without "no": `--no-watch` is `watch: false`. */
function keyOf(setting: Setting): string {
  if (setting.name() === 'config') return '';
  return setting.negate ? `\`${setting.attributeName()}: false\`` : `\`${setting.attributeName()}\``;
}

const INTRODUCTION = `# Settings

Every option of the command can be set as a flag, in the environment, and, for commands with \`--config\`, in a JSON or YAML
file. A flag overrides the environment, and the environment overrides the file. Several commands can share one file: each
uses its own keys. A key that is not an option of any command is refused. Without \`--config\`, the file
\`stuntdouble.config.yaml\` of the current folder is used if it exists; \`stuntdouble init\` writes one in which every option is
explained, with the URL of its [schema](../../spec/config.schema.json) for editors.

This page is generated from the program by \`npm run docs\`. A test fails when it is out of date.

- **Empty values** are errors and never select the default: an empty or blank value, an empty list, an empty entry of a list
  (\`a,,b\`), and \`null\` in a file. The command ends with exit code 64 and names the setting.
- **Lists** are separated by commas. The values of \`--env\` and \`--header\` can contain commas, so they are separated by line
  breaks in the environment, and given once per value on the command line.
- **Switches** are \`true\`, \`1\`, \`yes\` or \`on\`, and \`false\`, \`0\`, \`no\` or \`off\` in the environment. Other values are refused.
- **Unknown variables** that begin with \`STUNTDOUBLE_\` are refused when they resemble a setting (\`STUNTDOUBLE_PROT\`). Others
  cause a warning, because they may belong to another program.
- **Errors** have one form on standard error: \`error[CODE]: what failed\`, then the remedy and the section that explains the
  [code](error-codes.md).

The [library](library.md) accepts the same options in camelCase, such as \`createMockServer({ ackTimeout: '2s' })\`, and throws
a \`CodedError\` with the same codes. It does not read the environment or a file.

| flag | environment | in a file | default | commands |
|---|---|---|---|---|`;
