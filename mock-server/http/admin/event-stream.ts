import type { IncomingMessage, ServerResponse } from 'node:http';
import { ERRORS } from '../../core/error-codes.ts';
import type { Journal } from '../../journal/journal.ts';
import type { PackedEntry } from '../../journal/journal-entry.ts';
import type { JournalFilter } from '../../journal/matches-filter.ts';
import { matchesFilter } from '../../journal/matches-filter.ts';
import { presentEntry } from '../../journal/unpack-entry.ts';
import { type Problem, sendProblem } from '../problem.ts';

/** Proxies and browsers close a silent connection, so a comment is sent at this interval. */
const HEARTBEAT_MS = 15_000;
/** Characters in flight to a reader, above which further entries wait in the journal until the reader has caught up. */
const BACKLOG_LIMIT = 256 * 1024;
/** A reader that receives nothing for this long is disconnected, because its unread data occupies memory. */
const STALLED_MS = 60_000;
/** Each reader can have a backlog, and every entry costs work for each of them. */
const MOST_READERS = 64;
/** Longest time that existing entries are sent without a break, so that other work can run. */
const SLICE_MS = 5;

/**
 * Serves the journal as server-sent events: the requested existing entries first, then new ones as they are written.
 */
export interface EventStreams {
  open(request: IncomingMessage, response: ServerResponse, filter: JournalFilter): void;
}

export interface EventStreamOptions {
  readonly mostReaders?: number;
  readonly stalledMs?: number;
}

export function createEventStreams(
  journal: Journal,
  { mostReaders = MOST_READERS, stalledMs = STALLED_MS }: EventStreamOptions = {},
): EventStreams {
  let readers = 0;
  let latest: { readonly record: PackedEntry; readonly text: string } | undefined;

  /** Formats an entry once for all readers, which share the text in memory. */
  function textOf(record: PackedEntry): string {
    if (latest?.record !== record) {
      const data = JSON.stringify(presentEntry(record, journal.secrets));
      latest = { record, text: `id: ${record.seq}\nevent: ${record.type}\ndata: ${data}\n\n` };
    }
    return latest.text;
  }

  return {
    open(request, response, filter) {
      if (readers >= mostReaders) return sendProblem(response, tooManyReaders(mostReaders));
      response.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        connection: 'keep-alive',
      });
      if (request.method === 'HEAD') return void response.end();
      readers += 1;
      response.on('close', () => {
        readers -= 1;
        if (readers === 0) latest = undefined;
      });
      const position = lastEventId(request) ?? filter.since ?? journal.last;
      streamFrom(position, response, { journal, filter, stalledMs, textOf });
    },
  };
}

interface Source {
  readonly journal: Journal;
  readonly filter: JournalFilter;
  readonly stalledMs: number;
  readonly textOf: (record: PackedEntry) => string;
}

function streamFrom(start: number, response: ServerResponse, source: Source): void {
  const { journal, filter, stalledMs, textOf } = source;
  let position = start;
  /** Whether the journal has entries that the reader has not received yet. */
  let behind = false;
  let stalled: NodeJS.Timeout | undefined;
  /** The entries that the reader knows to be no longer in memory. */
  let known = 0;

  function send(record: PackedEntry): void {
    const text = textOf(record);
    if (response.writableLength > 0 && response.writableLength + text.length > BACKLOG_LIMIT) return wait();
    position = record.seq;
    response.write(text);
    if (response.writableLength > BACKLOG_LIMIT) wait();
  }

  function wait(): void {
    behind = true;
    stalled ??= setTimeout(() => response.destroy(), stalledMs).unref();
  }

  /** The id lets a reader resume that disconnects before the first entry. */
  function greet(): void {
    known = journal.dropped;
    response.write(helloOf(journal, position));
  }

  function catchUp(): void {
    behind = false;
    // Entries were evicted while the reader was slow.
    if (journal.dropped > known && position < journal.dropped) greet();
    const until = performance.now() + SLICE_MS;
    for (const record of journal.read({ ...filter, since: position })) {
      if (record !== null) send(record);
      if (behind) return;
      if (performance.now() < until) continue;
      behind = true;
      setImmediate(() => {
        if (!response.destroyed && stalled === undefined) catchUp();
      });
      return;
    }
  }

  response.write(': journal entries as they are written\n');
  greet();
  catchUp();
  const unsubscribe = journal.follow((record) => {
    if (!behind && matchesFilter(record, filter)) send(record);
  });
  const heartbeat = setInterval(() => {
    if (!behind) response.write(':\n\n');
  }, HEARTBEAT_MS);
  heartbeat.unref();
  response.on('drain', () => {
    clearTimeout(stalled);
    stalled = undefined;
    if (behind) catchUp();
  });
  response.on('close', () => {
    clearTimeout(stalled);
    clearInterval(heartbeat);
    unsubscribe();
  });
}

function helloOf({ instance, dropped }: Journal, seq: number): string {
  const data = JSON.stringify({ instance, seq, missed: seq < dropped });
  return `id: ${seq}\nevent: hello\ndata: ${data}\n\n`;
}

function tooManyReaders(mostReaders: number): Problem {
  return {
    status: 503,
    title: ERRORS.READERS_FULL.title,
    detail: `${mostReaders} readers are connected, which is the limit.`,
    code: 'READERS_FULL',
    remedy: 'Close one of them, or read GET /__admin/journal?since= instead.',
  };
}

function lastEventId({ headers }: IncomingMessage): number | null {
  const id = headers['last-event-id'];
  return typeof id === 'string' && /^\d{1,16}$/.test(id) ? Number(id) : null;
}
