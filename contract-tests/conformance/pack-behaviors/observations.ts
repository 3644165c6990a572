import { expect } from 'vitest';
import type { JournalEntry, Pack, TaskReport } from '../../../mock-server/index.ts';

/** Observations of a mock in a form that can be compared. */

/** A key in the form that the strictest vendor requires; the others accept any string. */
export const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

export function histories({ deliveries }: TaskReport): [status: string, outcomes: string[]][] {
  return deliveries.map(({ status, attempts }) => [status, attempts.map(({ outcome }) => outcome)]);
}

export function gapsOf({ attempts }: TaskReport['deliveries'][number]): number[] {
  const times = attempts.map(({ at }) => Date.parse(at));
  return times.slice(1).map((at, index) => at - (times[index] ?? 0));
}

export type Started = Extract<JournalEntry, { readonly type: 'attempt.started' }>;

export function attemptsOf(entries: readonly JournalEntry[]): Started[] {
  return entries.filter((entry): entry is Started => entry.type === 'attempt.started');
}

/** Returns the start and end of all attempts, in the order of the journal. */
export function attemptsInTurn(entries: readonly JournalEntry[]): string[] {
  return entries.flatMap(({ type }) => (type.startsWith('attempt.') ? type.slice('attempt.'.length) : []));
}

export function isSigned({ signer }: Pack, attempt: Started): boolean {
  const now = Date.parse(attempt.wallAt);
  // The second may have changed between signing and recording.
  return [now, now - 1000].some((wallAt) =>
    Object.entries(signer?.sign(SECRET, { ...attempt, wallAt, request: {} }) ?? { none: '' }).every(
      ([name, value]) => attempt.headers[name] === value,
    ),
  );
}

export function mentions(body: string, messages: Readonly<Record<string, string>>): boolean {
  return Object.values(messages).some((message) => body.includes(JSON.stringify(message)));
}

/** Returns every URL of the mock's media host in a body. */
export function mediaIn(body: string, origin: string): string[] {
  return [...new Set(body.match(/https?:[^"\\]+\/__media\/[^"\\]+/g) ?? [])].filter((url) =>
    url.startsWith(`${origin}/`),
  );
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  jpg: 'image/jpeg',
  mp3: 'audio/mpeg',
  mp4: 'video/mp4',
  png: 'image/png',
  wav: 'audio/wav',
  webp: 'image/webp',
};

/**
 * Downloads a file.
 * @returns the status; a successful download must have the type of its file name and a body
 */
export async function download(url: string): Promise<number> {
  const answer = await fetch(url);
  const bytes = await answer.arrayBuffer();
  if (answer.status === 200) {
    expect(answer.headers.get('content-type')).toBe(CONTENT_TYPES[url.slice(url.lastIndexOf('.') + 1)]);
    expect(bytes.byteLength).toBeGreaterThan(100);
  }
  return answer.status;
}

/** Returns every number of an answer by its path, including numbers such as `30%`. */
export function numbersIn(value: unknown, path = ''): Map<string, number> {
  if (typeof value === 'object' && value !== null) {
    return new Map(Object.entries(value).flatMap(([key, inner]) => [...numbersIn(inner, `${path}/${key}`)]));
  }
  return /^\d+(\.\d+)?%?$/.test(String(value))
    ? new Map([[path, Number.parseFloat(String(value))]])
    : new Map();
}
