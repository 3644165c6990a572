import { CodedError } from '../../mock-server/index.ts';
import { type CaseReport, type Status, type SuiteReport, summarize, type TimelineEntry } from '../report.ts';

/** Changes only when programs that read reports have to change. */
const FORMAT = 'stuntdouble.report/1';

/** Writes a report with its keys in a fixed order, so that two reports can be compared as text. */
export function formatJson(report: SuiteReport): string {
  return `${JSON.stringify({ format: FORMAT, ...readReport(report, 'the report') }, null, 2)}\n`;
}

/**
 * Reads a report from a file. Unknown keys are dropped, and the summary is computed again.
 * @throws {CodedError} OPTION_INVALID with the place and the expected value
 */
export function parseReport(text: string): SuiteReport {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw refusal(`invalid JSON: ${(error as Error).message}`);
  }
  const { format } = readObject({ format: anything }, value, '');
  if (format !== FORMAT) throw refusal(`its format is ${show(format)}; expected "${FORMAT}"`);
  return readReport(value, '');
}

/** Checks a value and returns it with its keys in order. */
type Reader<T> = (value: unknown, place: string) => T;

type Shape = Readonly<Record<string, Reader<unknown>>>;
type ShapeOf<S extends Shape> = { readonly [Key in keyof S]: S[Key] extends Reader<infer T> ? T : never };

function readObject<S extends Shape>(shape: S, value: unknown, place: string): ShapeOf<S> {
  const given = readRecord(value, place);
  const entries = Object.entries(shape).map(([key, read]) => [
    key,
    read(Object.hasOwn(given, key) ? given[key] : undefined, place === '' ? key : `${place}.${key}`),
  ]);
  // The shape defines the type of each key.
  return Object.fromEntries(entries) as ShapeOf<S>;
}

function readRecord(value: unknown, place: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw mismatch(place, 'an object', value);
}

function object<S extends Shape>(shape: S): Reader<ShapeOf<S>> {
  return (value, place) => readObject(shape, value, place);
}

function listOf<T>(read: Reader<T>): Reader<readonly T[]> {
  return (value, place) => {
    if (!Array.isArray(value)) throw mismatch(place, 'an array', value);
    return value.map((entry, index) => read(entry, `${place}[${index}]`));
  };
}

/** Keys of a record are sorted alphabetically, because no other order is defined. */
function recordOf<T>(read: Reader<T>): Reader<Readonly<Record<string, T>>> {
  return (value, place) => {
    const entries = Object.entries(readRecord(value, place)).sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(entries.map(([key, entry]) => [key, read(entry, `${place}.${key}`)]));
  };
}

/** Adds these keys to an object where they are present. */
function withOptional<T extends object, S extends Shape>(
  read: Reader<T>,
  shape: S,
): Reader<T & Partial<ShapeOf<S>>> {
  return (value, place) => {
    const given = readRecord(value, place);
    const there = Object.entries(shape).filter(
      ([key]) => Object.hasOwn(given, key) && given[key] !== undefined,
    );
    // The shape reads each key that is present.
    return { ...read(value, place), ...readObject(Object.fromEntries(there), value, place) } as T &
      Partial<ShapeOf<S>>;
  };
}

/** Supplies a value that reports of earlier versions lack. */
function orElse<T>(read: Reader<T>, missing: T): Reader<T> {
  return (value, place) => (value === undefined ? missing : read(value, place));
}

function oneOf<const T extends string>(...words: readonly T[]): Reader<T> {
  return (value, place) => {
    const word = words.find((known) => known === value);
    if (word === undefined) throw mismatch(place, words.map((known) => `"${known}"`).join(' or '), value);
    return word;
  };
}

const anything: Reader<unknown> = (value) => value;

const text: Reader<string> = (value, place) => {
  if (typeof value === 'string') return value;
  throw mismatch(place, 'a string', value);
};

const textOrNull: Reader<string | null> = (value, place) => (value === null ? null : text(value, place));

const flag: Reader<boolean> = (value, place) => {
  if (typeof value === 'boolean') return value;
  throw mismatch(place, 'true or false', value);
};

const time: Reader<string> = (value, place) => {
  const iso = text(value, place);
  if (Number.isNaN(Date.parse(iso)))
    throw mismatch(place, 'an ISO 8601 time such as 2026-01-31T12:00:00.000Z', value);
  return iso;
};

/** May be negative, because clocks are adjusted and offsets rounded. */
const duration: Reader<number> = (value, place) => {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw mismatch(place, 'a number of milliseconds', value);
};

const level = oneOf('must', 'should', 'info');
const status: Reader<Status> = oneOf('passed', 'failed', 'non-strict', 'not-observable', 'not-applicable');

const verdict: Reader<CaseReport['verdicts'][string]> = withOptional(
  object({ status, expected: text, actual: text }),
  { level },
);

const timelineEntry: Reader<TimelineEntry> = withOptional(
  object({
    atMs: duration,
    durationMs: duration,
    kind: oneOf('attempt', 'download', 'call', 'probe', 'note'),
    text,
    isBad: flag,
  }),
  { answer: text },
);

const caseReport: Reader<CaseReport> = withOptional(
  object({
    id: text,
    group: text,
    title: text,
    level,
    status,
    requirement: text,
    stimulus: text,
    verdicts: recordOf(verdict),
    timeline: listOf(timelineEntry),
    why: text,
    remedy: text,
    sources: listOf(
      object({
        pack: textOrNull,
        page: textOrNull,
        heading: textOrNull,
        grade: oneOf('documented', 'observed', 'assumed', 'derived'),
        fact: text,
      }),
    ),
    replay: text,
    durationMs: duration,
  }),
  { remedies: object({ ack: text, effect: text }) },
);

const head = {
  suite: oneOf('receiver', 'client'),
  version: text,
  target: text,
  pack: text,
  profile: text,
  event: textOrNull,
  seed: text,
  startedAt: time,
  durationMs: duration,
  channels: recordOf(flag),
  settings: recordOf(text),
  notes: listOf(text),
  headlines: orElse(listOf(object({ text, remedy: text })), []),
  inconclusive: orElse(textOrNull, null),
};

function readReport(value: unknown, place: string): SuiteReport {
  const read = readObject(head, value, place);
  const { cases } = readObject({ cases: listOf(caseReport) }, value, place);
  return { ...read, summary: summarize(cases), cases };
}

function mismatch(place: string, expected: string, value: unknown): CodedError {
  return refusal(`${place === '' ? 'the report' : place} must be ${expected}, got ${show(value)}`);
}

function refusal(what: string): CodedError {
  return new CodedError(
    'OPTION_INVALID',
    `cannot read the report: ${what}`,
    'Pass a file written by "stuntdouble verify … --report json=FILE".',
  );
}

function show(value: unknown): string {
  const json = value === undefined ? 'missing' : JSON.stringify(value);
  return json.length > 60 ? `${json.slice(0, 60)}…` : json;
}
