import type { TimelineEntry } from '../report.ts';
import { sayEnding } from './ending.ts';
import type { ApiCall, CallbackAttempt, ClientDownload, Evidence } from './evidence.ts';

/** Maximum number of entries in a timeline. */
const MAX_ENTRIES = 60;
const FIRST_SHOWN = MAX_ENTRIES / 2;
const LAST_SHOWN = MAX_ENTRIES / 4;
/** Number of entries at the start that are searched for violations. */
const FIRST_SEARCHED = 4 * MAX_ENTRIES;

/** Returns the events of a run, with those that broke the requirement marked. */
export function timelineOf(evidence: Evidence, violations: readonly number[]): TimelineEntry[] {
  const { start, end } = edgesOf(evidence);
  const near = new Set([...start, ...end].map(({ seq }) => seq));
  const bad = new Set(violations.filter((seq) => near.has(seq)));
  const events = [...start.filter(({ seq }, index) => index < FIRST_SHOWN || bad.has(seq)), ...end].map(
    ({ seq, show }) => ({ ...show(), isBad: bad.has(seq) }),
  );
  return [...events, ...endIn(evidence)];
}

/** Returns how the run ended, because a client that crashed does not do what was expected of it. */
function endIn({ run, endsAtMs }: Evidence): TimelineEntry[] {
  if (run === null) return [];
  return [
    { atMs: endsAtMs, durationMs: 0, kind: 'note', text: `the client ${sayEnding(run)}`, isBad: false },
  ];
}

/** An event whose text is built only when it is shown, because a journal has tens of thousands. */
interface Numbered {
  readonly seq: number;
  readonly show: () => TimelineEntry;
}

/** Returns the first and the last events in order, without visiting those in between. */
function edgesOf({ calls, downloads, attempts }: Evidence): { start: Numbered[]; end: Numbered[] } {
  const merged = (part: <Item>(items: readonly Item[]) => readonly Item[]): Numbered[] =>
    [
      ...part(calls).map((call) => ({ seq: call.seq, show: () => showCall(call) })),
      ...part(downloads).map((one) => ({ seq: one.seq, show: () => showDownload(one) })),
      ...part(attempts).map((one) => ({ seq: one.seq, show: () => showAttempt(one) })),
    ].sort((a, b) => a.seq - b.seq);
  const total = calls.length + downloads.length + attempts.length;
  const available = Math.max(0, total - LAST_SHOWN);
  return {
    start: merged((items) => items.slice(0, FIRST_SEARCHED)).slice(0, Math.min(FIRST_SEARCHED, available)),
    end: merged((items) => items.slice(-LAST_SHOWN)).slice(-LAST_SHOWN),
  };
}

function showCall({ atMs, entry }: ApiCall): TimelineEntry {
  const { method, url, status, error, state, durationMs } = entry;
  const http = status === null ? 'connection broken' : `HTTP ${status}`;
  const isCut = status !== null && entry.does === 'poll' && state === null;
  const shown = error === null ? (state ?? (isCut ? 'truncated' : '')) : `code ${error}`;
  const text = `${method} ${url} → ${[http, shown].filter((part) => part !== '').join(', ')}`;
  return { atMs, durationMs, kind: 'call', text, isBad: false };
}

function showDownload({ atMs, entry }: ClientDownload): TimelineEntry {
  const { method, name, status, durationMs } = entry;
  const text = `${method} ${name} → ${status === null ? 'connection broken' : `HTTP ${status}`}`;
  return { atMs, durationMs, kind: 'download', text, isBad: false };
}

function showAttempt({ atMs, entry }: CallbackAttempt): TimelineEntry {
  const { outcome, status, durationMs } = entry.attempt;
  const text = `callback ${entry.event} → ${outcome}${status === null ? '' : `, HTTP ${status}`}`;
  return { atMs, durationMs, kind: 'attempt', text, isBad: false };
}
