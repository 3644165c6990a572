import type { Command } from 'commander';
import { Setting } from './setting.ts';

/** A command for the completion of a shell. */
export interface CompletedCommand {
  /** The words that select it; empty for the program itself. */
  readonly path: readonly string[];
  readonly commands: readonly Described[];
  readonly options: readonly CompletedOption[];
  /** What its first argument can be; null if it is unknown. */
  readonly argument: 'event' | null;
}

export interface Described {
  readonly name: string;
  readonly description: string;
}

export interface CompletedOption {
  /** Such as `-p` and `--port`. */
  readonly flags: readonly string[];
  readonly description: string;
  readonly value: OptionValue;
}

/** What follows an option: nothing, one of some words, the name of an event or scenario, or a path. */
export type OptionValue = 'none' | 'event' | 'scenario' | 'path' | readonly string[];

/** Describes a program and all its commands for completion. */
export function describeCommands(command: Command, path: readonly string[] = []): CompletedCommand[] {
  const own: CompletedCommand = {
    path,
    commands: command.commands.map((one) => ({ name: one.name(), description: one.description() })),
    options: command.options.map((option) => ({
      flags: [option.short, option.long].filter((flag) => flag !== undefined && flag !== null),
      description: option.description.replace(/ \(default: .*\)$/, ''),
      value: option.required || option.optional ? followedBy(option as Setting) : 'none',
    })),
    argument: command.registeredArguments[0]?.name() === 'event' ? 'event' : null,
  };
  return [own, ...command.commands.flatMap((one) => describeCommands(one, [...path, one.name()]))];
}

function followedBy(option: Setting): OptionValue {
  const name = option.name();
  if (name === 'event' || name === 'scenario') return name;
  return option instanceof Setting && option.words.length > 0 ? option.words : 'path';
}
