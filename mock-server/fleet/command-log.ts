import type { Command } from '../engine/commands.ts';

/** A command in the log. */
export interface LoggedCommand {
  /** Its place in the log: increases, and may skip numbers. */
  readonly seq: number;
  /** When it was appended, by the clock of the log; never decreases. */
  readonly wallAt: number;
  /** The replica that appended it. */
  readonly by: string;
  /** Its number among the commands of that replica, from 1. */
  readonly n: number;
  readonly command: Command;
}

/** The commands of all replicas in one order. */
export interface CommandLog {
  /**
   * Appends a command exactly once: the log ignores a number that it already has from this replica, so that a command
   * can be sent again after a broken connection. Resolves when the log has it.
   * @param n its number among the commands of this replica: 1, 2, 3 …
   * @throws {CodedError} STORE_UNREACHABLE
   */
  append(n: number, command: Command): Promise<void>;
  /**
   * Begins to apply all commands after a place, one after the other, those of this replica included. Resolves when the
   * commands that were in the log at the time of the call are applied.
   * @param after the place of a snapshot; 0 for all
   * @throws {CodedError} STORE_BEHIND when some of them were trimmed
   */
  open(after: number, apply: (logged: LoggedCommand) => void): Promise<void>;
  /**
   * Resolves when everything that any replica had appended before the call is applied here.
   * @returns the place up to which no command and no observation can be added anymore
   * @throws {CodedError} STORE_UNREACHABLE
   */
  caughtUp(): Promise<number>;
  /** The time of the log, as far as it is known here: never later than its true time. */
  now(): number;
  /** Removes the commands up to a place. */
  trim(upTo: number): Promise<void>;
  /** Why the log cannot be used at present; null while it can. */
  readonly trouble: string | null;
  /** Applies no more commands. Pending calls are rejected. */
  close(): Promise<void>;
}
