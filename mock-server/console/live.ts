import { signal } from '@preact/signals';
import { admin, openEvents, Refusal } from './api.ts';
import { applyEntry, createLanes, type Lanes } from './model/lanes.ts';
import { type ClockFacts, ENTRY_TYPES, type Entry } from './wire.ts';

/** Everything the page knows of the mock: one model, fed by one stream. */
export const lanes: Lanes = createLanes();

/** Counts up when the model changed; at most once a frame. */
export const version = signal(0);
export const connection = signal<'connecting' | 'open' | 'lost' | 'token-needed'>('connecting');
export const clock = signal<ClockFacts | null>(null);
/** Submissions that made no task, and other calls that went wrong; the latest first. */
export const refusals = signal<readonly Extract<Entry, { type: 'request.answered' }>[]>([]);
/** How many entries came for a task since the page was opened, to know when to look again. */
export const touched = signal<{ readonly taskId: string; readonly seq: number }>({ taskId: '', seq: 0 });

const REFUSALS_KEPT = 100;

let source: EventSource | null = null;
let scheduled = false;
/** Between the mock's service time and this machine's, on the real clock. */
let offsetMs = 0;

/** Service time, as far as it is known. */
export function serviceNow(): number {
  const known = clock.value;
  return known?.mode === 'real' ? Date.now() + offsetMs : lanes.at;
}

export function connect(): void {
  source?.close();
  source = openEvents(lanes.seq);
  source.addEventListener('open', () => {
    connection.value = 'open';
    refreshClock();
  });
  source.addEventListener('error', () => void lose());
  for (const type of ENTRY_TYPES) source.addEventListener(type, take);
}

/** The browser connects again by itself, from the last entry it has seen; unless it was told to go away. */
async function lose(): Promise<void> {
  connection.value = 'lost';
  try {
    await readClock();
  } catch (error) {
    if (error instanceof Refusal && error.status === 401) connection.value = 'token-needed';
  }
  if (source?.readyState === EventSource.CLOSED && connection.value === 'lost') setTimeout(connect, 1000);
}

/** Where it fails, the stream fails, too, and says so. */
function refreshClock(): void {
  readClock().catch(() => undefined);
}

async function readClock(): Promise<void> {
  const read = await admin<ClockFacts>('GET', 'clock');
  offsetMs = Date.parse(read.now) - Date.now();
  lanes.at = Math.max(lanes.at, Date.parse(read.now));
  clock.value = read;
  changed();
}

function take(event: MessageEvent<string>): void {
  const entry = JSON.parse(event.data) as Entry;
  // The numbers begin again: it is another mock.
  if (entry.seq < lanes.seq) return startOver();
  if (!applyEntry(lanes, entry)) return;
  if (entry.type === 'server.reset' || entry.type === 'clock.moved') refreshClock();
  if (entry.type === 'server.reset') refusals.value = [];
  if (entry.type === 'request.answered' && entry.error !== null) {
    refusals.value = [entry, ...refusals.value].slice(0, REFUSALS_KEPT);
  }
  if ('taskId' in entry && entry.taskId !== null) touched.value = { taskId: entry.taskId, seq: entry.seq };
  changed();
}

function startOver(): void {
  Object.assign(lanes, createLanes());
  refusals.value = [];
  connect();
}

function changed(): void {
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(() => {
    scheduled = false;
    version.value += 1;
  });
}
