/** Exit code of a command: 64 for invalid usage, 3 if it could not run. */
type ErrorExitCode = 3 | 64;

/** The description of an error code. */
export interface ErrorEntry {
  /** What failed, in general. */
  readonly title: string;
  /** When the error occurs. */
  readonly meaning: string;
  /** How to fix it. */
  readonly remedy: string;
  /** Exit code of a command; null for errors that occur only in answers to requests. */
  readonly exitCode: ErrorExitCode | null;
}
