import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Journal, JournalFilter } from '../runtime/journal.ts';
import type { JournalRecord } from '../runtime/journal-record.ts';
import { presentRecord } from '../runtime/open-record.ts';

/** Proxies and browsers close a silent connection; a comment now and then keeps it. */
const HEARTBEAT_MS = 15_000;
/** With this much on its way to a reader, the rest waits in the journal until the reader has caught up. */
const BACKLOG_LIMIT = 1024 * 1024;

/** The journal as server-sent events: first what is asked for of the past, then everything as it happens. */
export function streamEvents(
  request: IncomingMessage,
  response: ServerResponse,
  journal: Journal,
  filter: JournalFilter,
): void {
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    connection: 'keep-alive',
  });
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  let position = lastEventId(request) ?? filter.since ?? journal.records().at(-1)?.seq ?? 0;
  let behind = false;
  // The id alone makes no event, but lets a reader resume who breaks off before the first one.
  response.write(`: the journal, as it happens\nid: ${position}\n\n`);

  function send(record: JournalRecord): void {
    position = record.seq;
    response.write(
      `id: ${record.seq}\nevent: ${record.type}\ndata: ${JSON.stringify(presentRecord(record, journal.secrets))}\n\n`,
    );
    behind = response.writableLength > BACKLOG_LIMIT;
  }

  function catchUp(): void {
    behind = false;
    for (const record of journal.records({ ...filter, since: position })) {
      if (behind) return;
      send(record);
    }
  }
  catchUp();

  const unsubscribe = journal.subscribe((record) => {
    if (!behind && fits(record, filter)) send(record);
  });
  const heartbeat = setInterval(() => {
    if (!behind) response.write(':\n\n');
  }, HEARTBEAT_MS);
  heartbeat.unref();
  response.on('drain', () => {
    if (behind) catchUp();
  });
  response.on('close', () => {
    clearInterval(heartbeat);
    unsubscribe();
  });
}

function lastEventId({ headers }: IncomingMessage): number | null {
  const id = headers['last-event-id'];
  return typeof id === 'string' && /^\d{1,15}$/.test(id) ? Number(id) : null;
}

function fits(record: JournalRecord, { type, taskId }: JournalFilter): boolean {
  if (type !== undefined && record.type !== type) return false;
  return taskId === undefined || ('taskId' in record && record.taskId === taskId);
}
