import { parseByteSize, parseDuration, SMALLEST_BUDGET, SMALLEST_TAIL } from '../mock-server/internal.ts';

/** Parses the text of an option. */
export interface Reader<Value> {
  /** The expected form; completes "must be". */
  readonly expected: string;
  /** The only accepted texts, if there are few. */
  readonly choices?: readonly string[];
  /** JSON schema of the values in a configuration file (default: any text or number). */
  readonly schema?: Readonly<Record<string, unknown>>;
  /** Parses a text. @returns undefined if the text is invalid */
  read(text: string): Value | undefined;
}

export function wholeNumber(least = 0, most = Number.MAX_SAFE_INTEGER): Reader<number> {
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  return {
    expected: `a whole number ${range}`,
    schema: { type: 'integer', minimum: least, maximum: most },
    read(text) {
      const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
      return Number.isSafeInteger(value) && value >= least && value <= most ? value : undefined;
    },
  };
}

const CENTURY_MS = 36_500 * 86_400_000;

export const duration: Reader<string> = {
  expected: 'a duration like 500ms, 15s, 2m or 14d, of at most 36500d',
  read: (text) => ((parseDuration(text) ?? Number.POSITIVE_INFINITY) <= CENTURY_MS ? text : undefined),
};

export const size: Reader<string> = {
  expected: 'a size of at least 4mb, like 256mb or 1gb',
  read: (text) => ((parseByteSize(text) ?? 0) >= SMALLEST_BUDGET ? text : undefined),
};

/** A size of the journal, after which a snapshot is written. */
export const journalSize: Reader<string> = {
  expected: 'a size of at least 1kb, like 64mb or 1gb',
  read: (text) => ((parseByteSize(text) ?? 0) >= SMALLEST_TAIL ? text : undefined),
};

/** A duration of at least a second. */
export const interval: Reader<string> = {
  expected: 'a duration of at least 1s, like 10m or 1h',
  read: (text) => ((parseDuration(text) ?? 0) >= 1000 ? duration.read(text) : undefined),
};

/** `20/10s`, or `off`. */
export const rate: Reader<string> = {
  expected: 'a number of submissions and a duration, like 20/10s, or off',
  read(text) {
    const [, count = '0', per = ''] = /^(\d{1,15})\/(.+)$/.exec(text) ?? [];
    const isRate = Number(count) > 0 && duration.read(per) !== undefined && parseDuration(per) !== 0;
    return text === 'off' || isRate ? text : undefined;
  },
};

/** Text that is allowed in an HTTP header. */
export const headerText: Reader<string> = {
  expected: 'text without control characters, because it is sent in an HTTP header',
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are not allowed in a header.
  read: (text) => (/[\u0000-\u001f\u007f]/.test(text) ? undefined : text),
};

/** Reads `30` or `30x`. */
export const factor: Reader<number> = {
  expected: 'a factor above 0, like 30 or 30x',
  read(text) {
    const value = /^\d*\.?\d+x?$/.test(text) ? Number(text.replace(/x$/, '')) : Number.NaN;
    return Number.isFinite(value) && value > 0 ? value : undefined;
  },
};

export const webAddress: Reader<string> = {
  expected: 'a URL that begins with http:// or https://',
  read: (text) => (/^https?:\/\//i.test(text) && URL.canParse(text) ? text : undefined),
};

/** `PACK=/prefix`. */
export const mount: Reader<readonly [pack: string, prefix: string]> = {
  expected: 'PACK=/prefix, like luma=/luma',
  read(text) {
    const [, pack, prefix] = /^([^=\s]+)=(\/[^\s?#]*[^/\s?#])$/.exec(text) ?? [];
    return pack === undefined || prefix === undefined ? undefined : [pack, prefix];
  },
};

/** `NAME=VALUE`, like an environment variable. */
export const variable: Reader<string> = {
  expected: 'NAME=VALUE, like API_BASE={url}',
  read: (text) => (/^[^=\s]+=/.test(text) ? text : undefined),
};

/** `Name: value`. */
export const header: Reader<string> = {
  expected: '"Name: value", like "X-Gateway-Key: abc"',
  read: (text) => (/^[!#$%&'*+.^_`|~\w-]+\s*:[^\r\n]*$/.test(text) ? text : undefined),
};

export function oneOf<Value extends string>(...choices: readonly Value[]): Reader<Value> {
  const last = choices.at(-1) ?? '';
  const others = choices.slice(0, -1).join(', ');
  return {
    expected: others === '' ? last : `${others} or ${last}`,
    choices,
    read: (text) => choices.find((choice) => choice === text),
  };
}
