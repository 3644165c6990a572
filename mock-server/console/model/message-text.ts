import { diffLines } from 'diff';

/** Returns JSON with indentation, and other text unchanged. */
export function readable(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

export interface DiffLine {
  readonly mark: ' ' | '+' | '-';
  readonly text: string;
}

/** Compares two messages line by line. @returns null when they are equal */
export function differences(before: string, after: string): readonly DiffLine[] | null {
  if (before === after) return null;
  return diffLines(`${readable(before)}\n`, `${readable(after)}\n`).flatMap(({ value, added, removed }) =>
    value
      .replace(/\n$/, '')
      .split('\n')
      .map((text): DiffLine => ({ mark: added ? '+' : removed ? '-' : ' ', text })),
  );
}

export function headerText(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
): string {
  return Object.entries(headers)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${[value].flat().join(', ')}`)
    .join('\n');
}
