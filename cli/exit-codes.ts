/** What the command ends with; `verify` promises the first four to CI. */
export const EXIT = {
  ok: 0,
  /** A MUST of the contract was broken; for `trigger`, the callback was not acknowledged. */
  failed: 1,
  /** A SHOULD was broken, under --strict. */
  warned: 2,
  /** Nothing could be judged, or the command could not do its work. */
  couldNotRun: 3,
  /** Wrong usage (EX_USAGE of sysexits.h). */
  usage: 64,
} as const;
