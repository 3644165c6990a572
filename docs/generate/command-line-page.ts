import type { EventEmitter } from 'node:events';
import type { Argument, Command, Option } from 'commander';
import { Setting } from '../../cli/setting.ts';
import { code, pageOf, table, textOf } from './markdown.ts';

/** Returns `docs/reference/command-line.md`, generated from the program. */
export function commandLinePage(program: Command): string {
  const leaves = commandsOf(program);
  return textOf([
    ...pageOf('Command line', INTRODUCTION, 'the program'),
    ...table(
      ['command', 'what it does'],
      leaves.map(({ path, command }) => [
        `[\`${path}\`](#${path.replaceAll(' ', '-')})`,
        command.description(),
      ]),
    ),
    ...VALUES,
    ...leaves.flatMap(({ path, command }) => section(path, command)),
  ]);
}

const INTRODUCTION = [
  'In a project that depends on the package, run `npx stuntdouble`. In a clone, run `node dist/cli/stuntdouble.js`; for',
  '`start`, also `npm start -- --port 4020`.',
  '',
  '[Settings](settings.md) lists every option with its environment variable and its key in a file, and the rules for',
  'both. [Exit codes](exit-codes.md) are the same for every command. Each command prints its options with `--help`:',
  '',
  '![The output of start --help](../help.png)',
];

const VALUES = [
  '## Forms of values',
  '',
  ...table(
    ['form', 'meaning'],
    [
      [
        '`<duration>`',
        'number and unit, `ms`, `s`, `m`, `h` or `d`, which may be combined: `500ms`, `15s`, `1h30m`, `14d`',
      ],
      ['`<durations>`', 'durations separated by commas: `30s,60s,120s`'],
      ['`<factor>`', 'number above 0, with or without `x`: `20` or `20x`'],
      ['`<n>`', 'whole number; for `--seed`, any text; for `--time-scale`, any number above 0'],
      ['`<x...>`', 'one or more values; in the environment, separated by commas'],
      ['`[dir]`', 'optional argument'],
    ],
  ),
];

interface Leaf {
  readonly path: string;
  readonly command: Command;
}

/** Returns the commands that can be run, with their full names. */
function commandsOf(program: Command): Leaf[] {
  const walk = (command: Command, path: string): Leaf[] => {
    const own = hasAction(command) ? [{ path, command }] : [];
    return [...own, ...command.commands.flatMap((sub) => walk(sub, `${path} ${sub.name()}`))];
  };
  return program.commands.flatMap((command) => walk(command, `stuntdouble ${command.name()}`));
}

/** A command that only groups other commands does not have options. */
function hasAction({ commands, options }: Command): boolean {
  return commands.length === 0 || options.length > 0;
}

function section(path: string, command: Command): string[] {
  const takesFile = command.options.some(({ long }) => long === '--config');
  const groups = [...new Set(command.options.map(groupOf))];
  return [
    `## ${path}`,
    '',
    `${command.description()}.`,
    '',
    '```text',
    usage(path, command),
    '```',
    '',
    ...table(
      ['argument', 'meaning'],
      command.registeredArguments.map((one) => [code(argumentText(one)), one.description]),
    ),
    ...groups.flatMap((group) => [
      ...(groups.length === 1 ? [] : [`**${group.replace(/:$/, '')}**`, '']),
      ...table(
        ['option', 'meaning', 'default', 'environment', 'config key'],
        command.options.filter((one) => groupOf(one) === group).map((one) => optionRow(one, takesFile)),
      ),
    ]),
    ...helpAfter(command),
  ];
}

function usage(path: string, { registeredArguments }: Command): string {
  return [path, '[options]', ...registeredArguments.map(argumentText)].join(' ');
}

function argumentText(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

function groupOf({ helpGroupHeading }: Option): string {
  return helpGroupHeading ?? 'Options:';
}

function optionRow(option: Option, takesFile: boolean): string[] {
  const { flags, description, argChoices, mandatory, defaultValue } = option;
  const variable = option instanceof Setting ? option.variable : '';
  const [, meaning = description, described = ''] = /^(.*?) \(default: (.*)\)$/.exec(description) ?? [];
  const choices = argChoices === undefined ? '' : `: ${argChoices.map(code).join(', ')}`;
  const fallback = defaultValue === undefined || defaultValue === true ? described : String(defaultValue);
  const isInFile = takesFile && variable !== '' && option.long !== '--config';
  return [
    code(flags),
    `${meaning}${choices}`,
    mandatory ? 'required' : fallback,
    code(variable),
    isInFile ? code(keyOf(option)) : '',
  ];
}

/** A key in a file is named without "no": `--no-watch` is `watch: false`. */
function keyOf(option: Option): string {
  return option.negate ? `${option.attributeName()}: false` : option.attributeName();
}

/** Returns the text of `--help` after the options: examples and exit codes. */
function helpAfter(command: Command): string[] {
  let text = '';
  const write = (part: string): void => {
    text += part;
  };
  // Commands are event emitters, but their types do not declare it.
  (command as unknown as EventEmitter).emit('afterHelp', { error: false, command, write });
  return text.trim() === '' ? [] : ['```text', text.trim(), '```', ''];
}
