import { plainNumber, writeJson } from '../core/numerals.ts';

/** What a value goes through on its way into a body: `$task.finishedAt | zonelessDateTime`. A closed list. */
export type Codec = (value: unknown, settings: CodecSettings) => unknown;

export interface CodecSettings {
  /** Milliseconds to add to UTC for times that are written without a zone. */
  readonly zoneOffsetMs: number;
}

export const CODECS: Readonly<Record<string, Codec>> = {
  /** `2023-08-15 14:30:45`, in the pack's time zone. */
  zonelessDateTime: (value, { zoneOffsetMs }) =>
    onNumber(value, (at) => new Date(at + zoneOffsetMs).toISOString().slice(0, 19).replace('T', ' ')),
  isoDateTime: (value) => onNumber(value, (at) => new Date(at).toISOString()),
  epochMillis: (value) => value,
  epochSeconds: (value) => onNumber(value, (at) => Math.floor(at / 1000)),
  /** 0.25 becomes `"25%"`. */
  percent: (value) => onNumber(value, (share) => `${inSteps(share, 1)}%`),
  /** 0.25 becomes `"20%"`: some vendors count in tens. */
  percentTens: (value) => onNumber(value, (share) => `${inSteps(share, 10)}%`),
  /** true becomes 1, false 0. */
  flag: (value) => (value === undefined ? undefined : Number(Boolean(plainNumber(value)))),
  jsonString: (value) => (value === undefined ? undefined : writeJson(value)),
  orEmpty: (value) => value ?? '',
  orNull: (value) => value ?? null,
  orZero: (value) => value ?? 0,
};

/** Percent in whole steps, rounded down: 100 is the end and nothing before it. */
function inSteps(share: number, size: number): number {
  if (share >= 1) return 100;
  // 0.29 * 100 is a hair under 29.
  const steps = Math.floor((share * 100) / size + 1e-9);
  return Math.min(steps * size, 100 - size);
}

function onNumber(value: unknown, convert: (value: number) => unknown): unknown {
  const number = plainNumber(value);
  return typeof number === 'number' ? convert(number) : value;
}
