import type { Command } from '../engine/commands.ts';
import type { LoggedCommand } from './command-log.ts';

/** A command as read from a stream, with the place of the command before it. */
export interface ReadCommand extends LoggedCommand {
  readonly previous: number;
}

/** Reads an entry of the stream of commands: its id is the place, and a header of four words precedes the command. */
export function readLoggedText(id: string, text: string): ReadCommand {
  const [previous = '', wallAt = '', n = '', by = ''] = text.split(' ', 4);
  const headerLength = previous.length + wallAt.length + n.length + by.length + 4;
  return {
    seq: Number(id.slice(0, id.indexOf('-'))),
    previous: Number(previous),
    wallAt: Number(wallAt),
    n: Number(n),
    by,
    command: JSON.parse(text.slice(headerLength)) as Command,
  };
}
