import { signal } from '@preact/signals';
import { type Clock, ENTRY_TYPES, type Hello, type JournalEntry, type Snapshot } from './admin-types.ts';
import { admin, openEvents, Refusal } from './api.ts';
import { createLanes, type Lanes } from './model/lanes.ts';
import { loadPacks, promptIn, rulesOf } from './packs.ts';

/** The model of the page: a snapshot, and the stream of journal entries after it. */
export const lanes: Lanes = createLanes({ rulesOf, promptIn });

/** Increases when the model has changed, at most once per frame. */
export const version = signal(0);
export const connection = signal<'connecting' | 'open' | 'lost' | 'token-needed'>('connecting');
export const clock = signal<Clock | null>(null);
/** The run of the mock that the model is about; empty before the first snapshot. */
export const instance = signal('');
/** When the connection was lost, time of this machine; null while it is open. */
export const lostAt = signal<number | null>(null);

type RefusedCall = Extract<JournalEntry, { type: 'request.answered' }>;
/** Refused submissions and other failed calls, the latest first. */
export const refusals = signal<readonly RefusedCall[]>([]);

const REFUSALS_KEPT = 100;
/** Number of tasks that the page loads at first: the latest ones. */
const LOADED = 5000;
const RETRY_MS = 1000;

let source: EventSource | null = null;
let scheduled = false;
/** Service time and wall time of the mock minus the time of this machine. */
let offsetMs = 0;
let wallOffsetMs = 0;
const listeners = new Map<string, Set<(entry: JournalEntry) => void>>();
const everyListener = new Set<(entry: JournalEntry) => void>();

/** Returns the service time: computed on the real clock, that of the last entry otherwise. */
export function serviceNow(): number {
  const known = clock.value;
  return known?.mode === 'real' ? Date.now() + offsetMs : lanes.at;
}

/** Returns the wall time of the mock. */
export function wallNow(): number {
  return Date.now() + wallOffsetMs;
}

/** Calls a listener with each new entry about a task. @returns a function that ends it */
export function onEntry(taskId: string, listener: (entry: JournalEntry) => void): () => void {
  const known = listeners.get(taskId) ?? new Set();
  listeners.set(taskId, known.add(listener));
  return () => {
    known.delete(listener);
    if (known.size === 0) listeners.delete(taskId);
  };
}

/** Calls a listener with each new entry. @returns a function that ends it */
export function onEveryEntry(listener: (entry: JournalEntry) => void): () => void {
  everyListener.add(listener);
  return () => everyListener.delete(listener);
}

/** Loads the latest tasks, and follows the stream from there. Tries again until the mock answers. */
export async function connect(): Promise<void> {
  source?.close();
  source = null;
  try {
    await Promise.all([readClock(), loadPacks()]);
    const snapshot = await admin<Snapshot>('GET', `snapshot?limit=${LOADED}`);
    lanes.load(snapshot);
    instance.value = snapshot.instance;
    refusals.value = [...snapshot.refusals].reverse();
    changed();
    follow();
  } catch (error) {
    noteLoss(error);
    if (connection.value === 'lost') setTimeout(connect, RETRY_MS);
  }
}

function follow(): void {
  const stream = openEvents(lanes.seq);
  source = stream;
  stream.addEventListener('hello', (event: MessageEvent<string>) => {
    const hello = JSON.parse(event.data) as Hello;
    // Another mock answers at this address, whose numbers mean other entries; or some entries are lost.
    if (hello.instance !== instance.value || hello.missed) return void connect();
    connection.value = 'open';
    lostAt.value = null;
    readClock().catch(() => undefined);
  });
  stream.addEventListener('error', () => void handleLoss(stream));
  for (const type of ENTRY_TYPES) stream.addEventListener(type, take);
}

/** Browsers reconnect on their own, after the last entry received, except when the server closed the stream. */
async function handleLoss(stream: EventSource): Promise<void> {
  noteLoss(null);
  try {
    await readClock();
  } catch (error) {
    noteLoss(error);
  }
  if (stream === source && stream.readyState === EventSource.CLOSED && connection.value === 'lost') {
    setTimeout(connect, RETRY_MS);
  }
}

function noteLoss(error: unknown): void {
  lostAt.value ??= Date.now();
  connection.value = error instanceof Refusal && error.status === 401 ? 'token-needed' : 'lost';
}

/** Reads the clock again; the next event in it is not part of the stream. */
export async function readClock(): Promise<Clock> {
  const read = await admin<Clock>('GET', 'clock');
  noteClock(read);
  return read;
}

/** Takes over an answer about the clock. */
function noteClock(read: Clock): void {
  offsetMs = Date.parse(read.now) - Date.now();
  wallOffsetMs = Date.parse(read.wallNow) - Date.now();
  if (instance.value === '' || read.instance === instance.value) lanes.reach(Date.parse(read.now));
  clock.value = read;
  changed();
}

function take(event: MessageEvent<string>): void {
  const entry = JSON.parse(event.data) as JournalEntry;
  if (!lanes.apply(entry)) return;
  if (entry.type === 'server.reset' || entry.type === 'clock.moved') readClock().catch(() => undefined);
  if (entry.type === 'server.reset') refusals.value = [];
  if (entry.type === 'request.answered' && entry.error !== null) {
    refusals.value = [entry, ...refusals.value].slice(0, REFUSALS_KEPT);
  }
  for (const listener of everyListener) listener(entry);
  if ('taskId' in entry && entry.taskId !== null) {
    for (const listener of listeners.get(entry.taskId) ?? []) listener(entry);
  }
  changed();
}

function changed(): void {
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(() => {
    scheduled = false;
    version.value += 1;
  });
}
