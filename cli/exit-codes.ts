/** The exit codes of the command. CI scripts rely on the first four of `verify`. */
export const EXIT = {
  ok: 0,
  /** A MUST of the contract was violated; for `trigger`, the callback was not acknowledged. */
  failed: 1,
  /** A SHOULD was violated under --strict. */
  warned: 2,
  /** No verdict was possible, or the command could not run. */
  couldNotRun: 3,
  /** Invalid usage (EX_USAGE of sysexits.h). */
  usage: 64,
} as const;
