const UNIT_BYTES: Readonly<Record<string, number>> = { '': 1, b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 };

/** Parses a size such as `256mb`, `1gb` or a number of bytes; units are powers of 1024. @returns null if the text is not a size */
export function parseByteSize(text: string): number | null {
  const [, digits, unit = ''] = /^(\d+)([kmg]?b)?$/i.exec(text.trim()) ?? [];
  const bytes = Number(digits) * (UNIT_BYTES[unit.toLowerCase()] ?? Number.NaN);
  return Number.isSafeInteger(bytes) ? bytes : null;
}
