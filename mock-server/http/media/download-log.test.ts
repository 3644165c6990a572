import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { JournalEvent } from '../../journal/journal-entry.ts';
import { openDownloadLog } from './download-log.ts';
import { servingFor } from './serving.ts';

const FILE = { bytes: Buffer.from('0123456789'), contentType: 'video/mp4', etag: '"abc"' };

/** Records a download of which so many bytes are sent, and returns its journal entry. */
function download(
  method: string,
  sent: number,
  { range, isFinished = true }: { range?: string; isFinished?: boolean } = {},
) {
  const events: JournalEvent[] = [];
  const headers = range === undefined ? {} : { range };
  const request = { method, headers } as IncomingMessage;
  const response = Object.assign(new EventEmitter(), {
    headersSent: true,
    statusCode: 200,
    writableFinished: isFinished,
  });
  const log = openDownloadLog(
    {
      append(event) {
        events.push(event);
        return { ...event, seq: 1, at: 0, wallAt: 0 };
      },
    },
    { request, response: response as unknown as ServerResponse, taskId: null, name: 'video.mp4' },
  );
  log.expect(servingFor(request, FILE));
  log.sent(sent);
  expect(events).toEqual([]);
  response.emit('close');
  return events;
}

describe('the journal entry of a download', () => {
  it('is written when the connection closes', () => {
    expect(download('GET', 10)).toMatchObject([
      {
        type: 'media.served',
        name: 'video.mp4',
        bytesSent: 10,
        bytesTotal: 10,
        completed: true,
        whole: true,
      },
    ]);
  });

  it.each([
    ['an interrupted download', download('GET', 5, { isFinished: false }), false, false],
    ['a download whose bytes were not all sent', download('GET', 5), false, false],
    ['a HEAD request', download('HEAD', 0), false, false],
    ['a part of the file', download('GET', 3, { range: 'bytes=2-4' }), true, false],
  ])('says for %s whether it was completed, and with the whole file', (_, events, completed, whole) => {
    expect(events).toMatchObject([{ completed, whole, fileSize: 10 }]);
  });
});
