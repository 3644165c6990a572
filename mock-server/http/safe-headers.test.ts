import { afterEach, describe, expect, it } from 'vitest';
import { openRawConnection } from '../../fixtures/clients/raw-connection.ts';
import { runwayCalls } from '../../fixtures/clients/runway-calls.ts';
import { mockAndReceiver } from '../../fixtures/mock-and-receiver.ts';

const { startMock, closeLater, closeAll } = mockAndReceiver();
afterEach(closeAll);

const POLL = '/api/v1/runway/record-detail?taskId=TASK';
const CALLS: readonly (readonly [what: string, method: string, path: string, body?: string])[] = [
  ['the list of operations', 'GET', '/'],
  ['a rejected submission', 'POST', '/api/v1/runway/generate', '{}'],
  ['a body that is not JSON', 'POST', '/api/v1/runway/generate', '{'],
  ['a poll', 'GET', POLL],
  ['a poll of an unknown task', 'GET', '/api/v1/runway/record-detail?taskId=none'],
  ['an unknown path', 'GET', '/nope'],
  ['an unknown path of a vendor', 'GET', '/api/v1/runway/nope'],
  ['a preflight', 'OPTIONS', POLL],
  ['media', 'GET', '/__media/TASK/video.mp4'],
  ['media that does not exist', 'GET', '/__media/TASK/none'],
  ['media with another method', 'POST', '/__media/TASK/video.mp4'],
  ['the console', 'GET', '/__console/'],
  ['the console without a trailing slash', 'GET', '/__console'],
  ['an unknown file of the console', 'GET', '/__console/none.js'],
  ['the console with another method', 'POST', '/__console/'],
  ['the sink', 'POST', '/__sink', '{}'],
  ['the health', 'GET', '/__admin/health'],
  ['the journal', 'GET', '/__admin/journal'],
  ['the metrics', 'GET', '/__admin/metrics'],
  ['the events', 'HEAD', '/__admin/events'],
  ['an unknown admin call', 'GET', '/__admin/none'],
  ['an admin call with another method', 'PUT', '/__admin/health'],
  ['an admin body that is not JSON', 'POST', '/__admin/clock', '{'],
];

describe('the headers of every answer', () => {
  it.each(CALLS)('forbid caching and content sniffing: %s', async (_what, method, path = '', body = '') => {
    const mock = await startMock();
    const { taskId } = await runwayCalls(mock.url).generate();
    await mock.clock.advance('10m');
    const connection = openRawConnection(mock.url);
    closeLater({ close: () => connection.destroy() });
    const preflight =
      method === 'OPTIONS' ? 'Access-Control-Request-Method: GET\r\nOrigin: http://a.test\r\n' : '';
    connection.send(
      `${method} ${path.replace('TASK', taskId)} HTTP/1.1\r\nHost: 127.0.0.1\r\n${preflight}` +
        `Authorization: Bearer k\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    const { headers } = await connection.answer(method);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('forbid caching and content sniffing for invalid HTTP', async () => {
    const mock = await startMock();
    const connection = openRawConnection(mock.url);
    closeLater({ close: () => connection.destroy() });
    connection.send('hello\r\n\r\n');
    const { headers } = await connection.answer();
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toBe('no-store');
  });
});
