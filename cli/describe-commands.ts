import type { Argument, Command } from 'commander';
import { Setting } from './setting.ts';

/** What the completion of a shell is built from. */
export interface CompletionWords {
  readonly commands: readonly CompletedCommand[];
  readonly events: readonly string[];
  readonly scenarios: readonly string[];
}

/** A command for the completion of a shell. */
export interface CompletedCommand {
  /** The words that select it; empty for the program itself. */
  readonly path: readonly string[];
  readonly commands: readonly Described[];
  readonly options: readonly CompletedOption[];
  /** What its first argument can be; null if it is unknown. */
  readonly argument: Words | null;
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

/** The names of events or scenarios, or some words. */
export type Words = 'event' | 'scenario' | readonly string[];

/** What follows an option. */
export type OptionValue = 'none' | 'path' | Words;

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
    argument: argumentOf(command.registeredArguments[0]),
  };
  return [own, ...command.commands.flatMap((one) => describeCommands(one, [...path, one.name()]))];
}

function argumentOf(argument: Argument | undefined): Words | null {
  if (argument === undefined) return null;
  return argument.name() === 'event' ? 'event' : (argument.argChoices ?? null);
}

function followedBy(option: Setting): OptionValue {
  const name = option.name();
  if (name === 'event' || name === 'scenario') return name;
  return option instanceof Setting && option.words.length > 0 ? option.words : 'path';
}
