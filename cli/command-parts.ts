import type { Command } from 'commander';
import type { Printer } from './print.ts';

type Run<Flags> = (flags: Flags, printer: Printer) => Promise<number> | number;

/** Creates the handler of a command, which gets a printer and returns an exit code. */
export type Action = <Flags extends object>(
  run: Run<Flags>,
) => (flags: Flags & { json?: boolean }) => Promise<void>;

/** Adds text to a command's help, wrapped to the width of the terminal. */
export type AddText = (command: Command, text: string) => Command;

/** Creates a command with the options that all commands have. */
export type MakeCommand = (parent: Command, name: string, description: string) => Command;
