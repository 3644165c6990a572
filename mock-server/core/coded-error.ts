/**
 * Every error a user can meet outside the vendor's own answers, by its code.
 * Docs list them, the command prints them, the admin API answers with them.
 */
const CATALOGUE = {
  PACK_UNREADABLE: 'A pack could not be read.',
  PACK_INVALID: 'A pack is broken.',
  PACK_CONFLICT: 'Two packs claim the same path.',
  PACK_RENAMED: 'A pack must keep its name while it is played.',
  PACK_IN_USE: 'Tasks under way need what the pack no longer has.',
  PROFILE_UNKNOWN: 'No pack has a profile of that name.',
  SCENARIO_UNKNOWN: 'There is no scenario of that name.',
  RUNTIME_UNSUPPORTED: 'This version of Node is too old.',
  OPTION_INVALID: 'An option has a value that cannot be used.',
  CONFIG_UNREADABLE: 'The configuration file could not be read.',
  PORT_TAKEN: 'The port is in use.',
  EVENT_UNKNOWN: 'No pack has an event of that name.',
  CASE_UNKNOWN: 'No suite has a case of that name.',
  CLIENT_UNUSABLE: 'The client could not be judged.',
  RECEIVER_UNREACHABLE: 'The receiver could not be judged.',
  PROBE_UNUSABLE: 'The probe does not work.',
  TASK_UNKNOWN: 'There is no task with that id.',
  TASK_FINISHED: 'The task has already ended.',
  NO_CALLBACK: 'The task has no callback to send.',
  CLOCK_BACKWARDS: 'Time only moves forward.',
  CLOCK_ENDLESS: 'Advancing the clock never came to an end.',
  DATA_LOCKED: 'The data folder is in use.',
  DATA_DAMAGED: 'The data folder cannot be read.',
  DATA_UNUSABLE: 'The data folder cannot be used.',
  DATA_UNWRITABLE: 'The data folder cannot be written at present.',
  MEMORY_FULL: 'The mock has no room for this at present.',
  BAD_REQUEST: 'The request could not be understood.',
  TOKEN_NEEDED: 'The admin API needs a token here.',
  HOST_REFUSED: 'The admin API refuses unknown hosts.',
  PROXY_REFUSED: 'The admin API refuses forwarded requests without a token.',
  ORIGIN_REFUSED: 'The admin API refuses requests from other web sites.',
  ROUTE_UNKNOWN: 'The call matches no operation of any vendor.',
  CALL_UNKNOWN: 'There is no such admin call.',
  METHOD_UNKNOWN: 'The admin call does not take this method.',
  READERS_FULL: 'The stream of events has too many readers.',
  QUEUE_FULL: 'Too many scenarios are queued.',
  NO_JUDGE: 'There is no judge here.',
  DEFECT: 'The mock failed; this is a defect.',
} as const;

export type ErrorCode = keyof typeof CATALOGUE;

/** An error with a code, what was got, and what to do about it. */
export class CodedError extends Error {
  override readonly name = 'CodedError';
  readonly code: ErrorCode;
  /** What failed, without the particulars of this case. */
  readonly title: string;
  /** What to do; empty when the message already says it. */
  readonly remedy: string;

  constructor(code: ErrorCode, message: string, remedy = '') {
    super(message);
    this.code = code;
    this.title = CATALOGUE[code];
    this.remedy = remedy;
  }
}

/** The entries of `known` that look most like `wanted`, best first; for "did you mean". */
export function nearest(wanted: string, known: readonly string[], most = 3): string[] {
  return known
    .map((name) => ({ name, distance: editDistance(wanted, name) }))
    .filter(({ name, distance }) => distance <= Math.max(3, Math.ceil(name.length / 2)))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, most)
    .map(({ name }) => name);
}

/** How many letters must be put in, taken out or changed; only the first hundred of `a` count. */
export function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= Math.min(a.length, 100); i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(swap, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}
