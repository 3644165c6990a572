import type { TimelineEntry } from '../report.ts';
import type { ApiCall, CallbackTry, Download, Evidence } from './evidence.ts';

/** A longer timeline is of no use to a reader. */
const MOST = 60;
const FIRST_SHOWN = MOST / 2;
const LAST_SHOWN = MOST / 4;
/** How far from the start what broke the rule is looked for. */
const FIRST_SEARCHED = 4 * MOST;

/** What happened in a run, for people; what broke the rule is marked. */
export function timelineOf(evidence: Evidence, culprits: readonly number[]): TimelineEntry[] {
  const { start, end } = edgesOf(evidence);
  const near = new Set([...start, ...end].map(({ seq }) => seq));
  const guilty = new Set(culprits.filter((seq) => near.has(seq)));
  return [...start.filter(({ seq }, index) => index < FIRST_SHOWN || guilty.has(seq)), ...end].map(
    ({ seq, show }) => ({ ...show(), isBad: guilty.has(seq) }),
  );
}

/** Something to show, put into words only when it is shown: a journal has tens of thousands of them. */
interface Numbered {
  readonly seq: number;
  readonly show: () => TimelineEntry;
}

/** The start and the end of all that happened, in order, without going through what lies between. */
function edgesOf({ calls, downloads, tries }: Evidence): { start: Numbered[]; end: Numbered[] } {
  const merged = (part: <Item>(items: readonly Item[]) => readonly Item[]): Numbered[] =>
    [
      ...part(calls).map((call) => ({ seq: call.seq, show: () => showCall(call) })),
      ...part(downloads).map((one) => ({ seq: one.seq, show: () => showDownload(one) })),
      ...part(tries).map((one) => ({ seq: one.seq, show: () => showTry(one) })),
    ].sort((a, b) => a.seq - b.seq);
  const total = calls.length + downloads.length + tries.length;
  const most = Math.max(0, total - LAST_SHOWN);
  return {
    start: merged((items) => items.slice(0, FIRST_SEARCHED)).slice(0, Math.min(FIRST_SEARCHED, most)),
    end: merged((items) => items.slice(-LAST_SHOWN)).slice(-LAST_SHOWN),
  };
}

function showCall({ atMs, entry }: ApiCall): TimelineEntry {
  const { method, url, status, error, state, durationMs } = entry;
  const http = status === null ? 'connection broken' : `HTTP ${status}`;
  const isCut = status !== null && entry.does === 'poll' && state === null;
  const shown = error === null ? (state ?? (isCut ? 'cut off' : '')) : `code ${error}`;
  const text = `${method} ${url} → ${[http, shown].filter((part) => part !== '').join(', ')}`;
  return { atMs, durationMs, kind: 'call', text, isBad: false };
}

function showDownload({ atMs, entry }: Download): TimelineEntry {
  const { method, name, status, durationMs } = entry;
  const text = `${method} ${name} → ${status === null ? 'no answer' : `HTTP ${status}`}`;
  return { atMs, durationMs, kind: 'download', text, isBad: false };
}

function showTry({ atMs, entry }: CallbackTry): TimelineEntry {
  const { outcome, status, durationMs } = entry.attempt;
  const text = `callback ${entry.event} → ${outcome}${status === null ? '' : `, HTTP ${status}`}`;
  return { atMs, durationMs, kind: 'attempt', text, isBad: false };
}
