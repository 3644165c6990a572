import { plainNumber, writeJson } from '../core/numerals.ts';

/** Converts a value before it is written into a body, as in `$task.finishedAt | zonelessDateTime`. */
export type Codec = (value: unknown, settings: CodecSettings) => unknown;

export interface CodecSettings {
  /** Offset from UTC, in milliseconds, of times that are written without a zone. */
  readonly zoneOffsetMs: number;
}

/** The codecs of the pack format, by name. */
export const CODECS: Readonly<Record<string, Codec>> = {
  /** `2023-08-15 14:30:45`, in the pack's time zone. */
  zonelessDateTime: (value, { zoneOffsetMs }) =>
    onNumber(value, (at) => new Date(at + zoneOffsetMs).toISOString().slice(0, 19).replace('T', ' ')),
  /** `2023-08-15 14:30:45.678`, in the pack's time zone. */
  zonelessDateTimeMs: (value, { zoneOffsetMs }) =>
    onNumber(value, (at) => new Date(at + zoneOffsetMs).toISOString().slice(0, 23).replace('T', ' ')),
  isoDateTime: (value) => onNumber(value, (at) => new Date(at).toISOString()),
  /** `Tue, 15 Aug 2023 14:30:45 GMT`, as in headers. */
  httpDate: (value) => onNumber(value, (at) => new Date(at).toUTCString()),
  epochMillis: (value) => value,
  epochSeconds: (value) => onNumber(value, (at) => Math.floor(at / 1000)),
  /** A duration in whole seconds. */
  seconds: (value) => onNumber(value, (duration) => Math.floor(duration / 1000)),
  /** 0.25 becomes `"25%"`. */
  percent: (value) => onNumber(value, (share) => `${inSteps(share, 1)}%`),
  /** 0.25 becomes `"20%"`, because some vendors report progress in steps of ten. */
  percentTens: (value) => onNumber(value, (share) => `${inSteps(share, 10)}%`),
  /** 0.25 becomes 25. */
  percentNumber: (value) => onNumber(value, (share) => inSteps(share, 1)),
  /** 0.25 becomes `"0.25"`. */
  share2: (value) => onNumber(value, (share) => (inSteps(share, 1) / 100).toFixed(2)),
  /** 0.25 becomes `"25/100"`. */
  outOf100: (value) => onNumber(value, (share) => `${inSteps(share, 1)}/100`),
  /** `"5"` becomes 5. Text that is not a number is left unchanged. */
  number: (value) => (typeof value === 'string' && NUMBER.test(value) ? Number(value) : value),
  /** true becomes 1, and false becomes 0. */
  flag: (value) => (value === undefined ? undefined : Number(Boolean(plainNumber(value)))),
  jsonString: (value) => (value === undefined ? undefined : writeJson(value)),
  orEmpty: (value) => value ?? '',
  orNull: (value) => value ?? null,
  orZero: (value) => value ?? 0,
};

const NUMBER = /^-?\d{1,15}(\.\d{1,15})?$/;

/** Returns a percentage in whole steps, rounded down, so that 100 is reached only at the end. */
function inSteps(share: number, size: number): number {
  if (share >= 1) return 100;
  // The small addend corrects rounding errors: 0.29 * 100 is slightly less than 29.
  const steps = Math.floor((share * 100) / size + 1e-9);
  return Math.min(steps * size, 100 - size);
}

function onNumber(value: unknown, convert: (value: number) => unknown): unknown {
  const number = plainNumber(value);
  return typeof number === 'number' ? convert(number) : value;
}
