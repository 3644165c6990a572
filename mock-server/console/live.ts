import { signal } from '@preact/signals';
import { type Clock, ENTRY_TYPES, type JournalEntry } from './admin-types.ts';
import { admin, openEvents, Refusal } from './api.ts';
import { applyEntry, createLanes, type Lanes } from './model/lanes.ts';

/** The model of the page. The stream of journal entries is its only source. */
export const lanes: Lanes = createLanes();

/** Increases when the model has changed, at most once per frame. */
export const version = signal(0);
export const connection = signal<'connecting' | 'open' | 'lost' | 'token-needed'>('connecting');
export const clock = signal<Clock | null>(null);
/** Refused submissions and other failed calls, the latest first. */
export const refusals = signal<readonly Extract<JournalEntry, { type: 'request.answered' }>[]>([]);
/** The last entry that belongs to a task; the page of that task then loads its details again. */
export const touched = signal<{ readonly taskId: string; readonly seq: number }>({ taskId: '', seq: 0 });

const REFUSALS_KEPT = 100;

let source: EventSource | null = null;
let scheduled = false;
/** Service time of the mock minus the time of this machine, on the real clock. */
let offsetMs = 0;

/** Returns the service time: computed on the real clock, that of the last entry otherwise. */
export function serviceNow(): number {
  const known = clock.value;
  return known?.mode === 'real' ? Date.now() + offsetMs : lanes.at;
}

const listeners = new Map<string, Set<(entry: JournalEntry) => void>>();

/** Calls a listener with each new entry about a task. @returns a function that ends it */
export function onEntry(taskId: string, listener: (entry: JournalEntry) => void): () => void {
  const known = listeners.get(taskId) ?? new Set();
  listeners.set(taskId, known.add(listener));
  return () => {
    known.delete(listener);
    if (known.size === 0) listeners.delete(taskId);
  };
}

/** The run of the mock that the model is about; empty before the first snapshot. */
export const instance = signal('');

/** Returns the wall time of the mock. */
export function wallNow(): number {
  return Date.now();
}

/** Opens the stream after the last known entry. */
export function connect(): void {
  source?.close();
  source = openEvents(lanes.seq);
  source.addEventListener('open', () => {
    connection.value = 'open';
    refreshClock();
  });
  source.addEventListener('error', () => void handleLoss());
  for (const type of ENTRY_TYPES) source.addEventListener(type, take);
}

/** Browsers reconnect on their own, after the last entry received, except when the server closed the stream. */
async function handleLoss(): Promise<void> {
  connection.value = 'lost';
  try {
    await readClock();
  } catch (error) {
    if (error instanceof Refusal && error.status === 401) connection.value = 'token-needed';
  }
  if (source?.readyState === EventSource.CLOSED && connection.value === 'lost') setTimeout(connect, 1000);
}

/** Errors are ignored here, because the stream then fails as well and reports the loss. */
function refreshClock(): void {
  readClock().catch(() => undefined);
}

async function readClock(): Promise<void> {
  const read = await admin<Clock>('GET', 'clock');
  offsetMs = Date.parse(read.now) - Date.now();
  lanes.at = Math.max(lanes.at, Date.parse(read.now));
  clock.value = read;
  changed();
}

function take(event: MessageEvent<string>): void {
  const entry = JSON.parse(event.data) as JournalEntry;
  // A smaller number means that another mock answers at this address.
  if (entry.seq < lanes.seq) return startOver();
  if (!applyEntry(lanes, entry)) return;
  if (entry.type === 'server.reset' || entry.type === 'clock.moved') refreshClock();
  if (entry.type === 'server.reset') refusals.value = [];
  if (entry.type === 'request.answered' && entry.error !== null) {
    refusals.value = [entry, ...refusals.value].slice(0, REFUSALS_KEPT);
  }
  if ('taskId' in entry && entry.taskId !== null) {
    touched.value = { taskId: entry.taskId, seq: entry.seq };
    for (const listener of listeners.get(entry.taskId) ?? []) listener(entry);
  }
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
