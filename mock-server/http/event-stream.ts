import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Journal, JournalFilter, JournalRecord } from '../runtime/journal.ts';
import { present } from '../runtime/present.ts';

/** Proxies and browsers close a silent connection; a comment now and then keeps it. */
const HEARTBEAT_MS = 15_000;
/** A reader this far behind is cut off: it comes back with Last-Event-ID and misses nothing that is still kept. */
const BACKLOG_LIMIT = 8 * 1024 * 1024;

/** The journal as server-sent events: first what is asked for of the past, then everything as it happens. */
export function streamEvents(
  request: IncomingMessage,
  response: ServerResponse,
  journal: Journal,
  filter: JournalFilter,
): void {
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    connection: 'keep-alive',
  });
  response.write(': the journal, as it happens\n\n');
  const resumed = Number(request.headers['last-event-id']);
  const past = Number.isSafeInteger(resumed) && resumed > 0 ? { ...filter, since: resumed } : filter;
  if (past.since !== undefined) for (const record of journal.records(past)) write(record);

  function write(record: JournalRecord): void {
    response.write(`id: ${record.seq}\nevent: ${record.type}\ndata: ${JSON.stringify(present(record))}\n\n`);
    if (response.writableLength > BACKLOG_LIMIT) response.destroy();
  }

  const unsubscribe = journal.subscribe((record) => {
    if (filter.type !== undefined && record.type !== filter.type) return;
    if (filter.taskId !== undefined && !('taskId' in record && record.taskId === filter.taskId)) return;
    write(record);
  });
  const heartbeat = setInterval(() => response.write(':\n\n'), HEARTBEAT_MS);
  heartbeat.unref();
  response.on('close', () => {
    clearInterval(heartbeat);
    unsubscribe();
  });
}
