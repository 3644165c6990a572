import type { TimelineEntry } from '../report.ts';
import type { Evidence } from './evidence.ts';

/** More than this, and a timeline is no help any more. */
const MOST = 60;

/** What happened in a run, for people; what broke the rule is marked, and never left out. */
export function timelineOf(evidence: Evidence, culprits: readonly number[]): TimelineEntry[] {
  const guilty = new Set(culprits);
  const all = everythingIn(evidence).sort((a, b) => a.seq - b.seq);
  const shown = all.filter(
    ({ seq }, index) =>
      index < MOST / 2 || index >= all.length - MOST / 4 || (guilty.has(seq) && index < 4 * MOST),
  );
  return shown.map(({ seq, ...entry }) => ({ ...entry, isBad: entry.isBad || guilty.has(seq) }));
}

type Numbered = TimelineEntry & { readonly seq: number };

function everythingIn({ calls, downloads, tries }: Evidence): Numbered[] {
  return [
    ...calls.map(({ seq, atMs, entry }): Numbered => {
      const { method, url, status, error, state, durationMs } = entry;
      const http = status === null ? 'connection broken' : `HTTP ${status}`;
      const isCut = status !== null && entry.does === 'poll' && state === null;
      const shown = error === null ? (state ?? (isCut ? 'cut off' : '')) : `code ${error}`;
      const text = `${method} ${url} → ${[http, shown].filter((part) => part !== '').join(', ')}`;
      return { seq, atMs, durationMs, kind: 'call', text, isBad: false };
    }),
    ...downloads.map(({ seq, atMs, entry }): Numbered => {
      const { method, name, status, durationMs } = entry;
      const text = `${method} ${name} → ${status === null ? 'no answer' : `HTTP ${status}`}`;
      return { seq, atMs, durationMs, kind: 'download', text, isBad: false };
    }),
    ...tries.map(({ seq, atMs, entry }): Numbered => {
      const { outcome, status, durationMs } = entry.attempt;
      const text = `callback ${entry.event} → ${outcome}${status === null ? '' : `, HTTP ${status}`}`;
      return { seq, atMs, durationMs, kind: 'attempt', text, isBad: false };
    }),
  ];
}
