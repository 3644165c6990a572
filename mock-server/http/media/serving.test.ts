import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { servingFor } from './serving.ts';

const FILE = { bytes: Buffer.from('0123456789'), contentType: 'video/mp4', etag: '"abc"' };

const serve = (headers: IncomingMessage['headers']) => servingFor({ headers } as IncomingMessage, FILE);

describe('the answer to a download', () => {
  it.each([
    ['no headers', {}],
    ['several ranges', { range: 'bytes=0-1,3-4' }],
    ['a range in another unit', { range: 'items=0-1' }],
    ['a range for another version', { range: 'bytes=2-4', 'if-range': '"old"' }],
    ['an ETag of another version', { 'if-none-match': '"old"' }],
  ])('is the whole file for %s', (_, headers) => {
    const { status, bytes, whole, start } = serve(headers);
    expect([status, bytes.toString(), whole, start]).toEqual([200, '0123456789', true, 0]);
  });

  it.each([
    ['bytes=2-4', '234', 2, 'bytes 2-4/10'],
    ['bytes=7-', '789', 7, 'bytes 7-9/10'],
    ['bytes=-2', '89', 8, 'bytes 8-9/10'],
  ])('is the part for %s', (range, text, start, described) => {
    const serving = serve({ range, 'if-range': '"abc"' });
    expect([serving.status, serving.bytes.toString(), serving.start]).toEqual([206, text, start]);
    expect(serving.headers).toMatchObject({ 'content-range': described, 'content-length': text.length });
    expect([serving.whole, serving.fileSize]).toEqual([false, 10]);
  });

  it('is a refusal for a range beyond the file', () => {
    const { status, bytes, headers } = serve({ range: 'bytes=10-' });
    expect([status, bytes.length, headers['content-range']]).toEqual([416, 0, 'bytes */10']);
  });

  it('is empty if the client already has this version', () => {
    const { status, bytes, headers } = serve({ 'if-none-match': '"abc"', range: 'bytes=0-1' });
    expect([status, bytes.length, headers.etag]).toEqual([304, 0, '"abc"']);
  });
});
