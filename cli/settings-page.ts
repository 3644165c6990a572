import type { Command } from 'commander';
import { buildProgram } from './program.ts';
import { Setting } from './setting.ts';

/** docs/settings.md, made from the options themselves. */
export function settingsPage(): string {
  const rows = new Map<string, Row>();
  const stream = process.stdout;
  collect(buildProgram({ env: {}, stdout: stream, stderr: stream, end: () => undefined }), '', rows);
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

/** Switches are named for what is on, so `--no-watch` is `watch: false`. */
function keyOf(setting: Setting): string {
  if (setting.name() === 'config') return '';
  return setting.negate ? `\`${setting.attributeName()}: false\`` : `\`${setting.attributeName()}\``;
}

const INTRODUCTION = `# Settings

Every option of the command can be set in three ways: as a flag, in the environment, and in a JSON or YAML file that
\`--config\` names (for the commands that have \`--config\`). A flag wins over the environment, and the environment over the
file. One file may serve several commands: each takes what it knows, and a name that no command knows is refused.

- **Empty is wrong usage.** An empty or blank value, an empty list, an empty entry of a list (\`a,,b\`), and \`null\` in a file
  end with exit code 64 and the name of what is empty. None of them means the default.
- **Lists** are separated by commas. \`--env\` and \`--header\`, whose values may have commas, are separated by line breaks in
  the environment and are given once for each value on the command line.
- **Switches** are \`true\`, \`1\`, \`yes\`, \`on\`, or \`false\`, \`0\`, \`no\`, \`off\` in the environment. Anything else is refused.
- **Variables that begin with \`STUNTDOUBLE_\` and are not in the table** are refused when they resemble one that is
  (\`STUNTDOUBLE_PROT\`). Others cause a warning, because they may belong to a program of your own.
- **Errors** have one form on stderr, \`error[CODE]: what failed\` and then what to do. Exit code 64 is wrong usage, 3 is work
  that could not be done, such as a port that is in use.

The library takes the same options in camelCase (\`createMockServer({ ackTimeout: '2s' })\`) and throws a \`CodedError\` with
the same codes. It reads neither the environment nor a file.

| flag | environment | in a file | default | commands |
|---|---|---|---|---|`;
