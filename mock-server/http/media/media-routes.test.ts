import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runwayCalls } from '../../../fixtures/clients/runway-calls.ts';
import { createMockServer, type JournalEntry, type MockServer } from '../../index.ts';
import { PACKAGE_ROOT } from '../../packs/package-root.ts';

const CLIP = readFileSync(join(PACKAGE_ROOT, 'fixtures/media/clip.mp4'));

let mock: MockServer;
beforeEach(async () => {
  mock = await createMockServer({ clock: 'virtual', seed: 7 }).listen();
});
afterEach(() => mock.close());

/** Creates a task that has succeeded, and returns its media URLs. */
async function succeed(
  scenario = 'success',
): Promise<{ taskId: string; videoUrl: string; imageUrl: string }> {
  const api = runwayCalls(mock.url);
  const { taskId } = await api.generate({}, { 'x-mock-scenario': scenario });
  await mock.clock.advance('2m');
  const { videoUrl, imageUrl } = (await api.details(taskId)).body.data.videoInfo;
  return { taskId, videoUrl, imageUrl };
}

type Served = Extract<JournalEntry, { type: 'media.served' }>;

/** Waits for the journal entry of the next download, which is written when its connection closes. */
function nextServed(): Promise<Served> {
  return new Promise((resolve) => {
    const unsubscribe = mock.journal.subscribe((entry) => {
      if (entry.type !== 'media.served') return;
      unsubscribe();
      resolve(entry);
    });
  });
}

describe('a download', () => {
  it('returns the whole file with type, length and ETag, and is in the journal', async () => {
    const { taskId, videoUrl } = await succeed();
    const served = nextServed();
    const response = await fetch(videoUrl);
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(bytes.equals(CLIP)).toBe(true);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'video/mp4',
      'content-length': String(CLIP.length),
      'accept-ranges': 'bytes',
      etag: expect.stringMatching(/^"[0-9a-f]{32}"$/),
    });
    expect(await served).toMatchObject({
      taskId,
      name: 'video.mp4',
      status: 200,
      bytesSent: CLIP.length,
      bytesTotal: CLIP.length,
      completed: true,
      whole: true,
    });
  });

  it('returns an image for an image URL', async () => {
    const { imageUrl } = await succeed();
    const response = await fetch(imageUrl);
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(response.headers.get('content-type')).toBe('image/png');
    expect(bytes.subarray(1, 4).toString()).toBe('PNG');
  });

  it('does not count when the method is HEAD, which returns the headers only', async () => {
    const { videoUrl } = await succeed();
    const served = nextServed();
    const response = await fetch(videoUrl, { method: 'HEAD' });
    expect(response.headers.get('content-length')).toBe(String(CLIP.length));
    expect((await response.arrayBuffer()).byteLength).toBe(0);
    expect(await served).toMatchObject({ method: 'HEAD', completed: false, whole: false });
  });

  const LAST = CLIP.length - 1;
  it.each([
    ['bytes=0-9', 206, `bytes 0-9/${CLIP.length}`, CLIP.subarray(0, 10)],
    ['bytes=-5', 206, `bytes ${CLIP.length - 5}-${LAST}/${CLIP.length}`, CLIP.subarray(-5)],
    [`bytes=${LAST}-`, 206, `bytes ${LAST}-${LAST}/${CLIP.length}`, CLIP.subarray(-1)],
    [`bytes=${CLIP.length}-`, 416, `bytes */${CLIP.length}`, Buffer.alloc(0)],
    ['bytes=0-1,4-5', 200, null, CLIP],
    ['lines=1-2', 200, null, CLIP],
  ])('returns the range %s', async (range, status, contentRange, wanted) => {
    const { videoUrl } = await succeed();
    const response = await fetch(videoUrl, { headers: { range } });
    expect([response.status, response.headers.get('content-range')]).toEqual([status, contentRange]);
    expect(Buffer.from(await response.arrayBuffer()).equals(wanted)).toBe(true);
  });

  it('is in the journal with the part of the file that was sent', async () => {
    const { videoUrl } = await succeed();
    const part = nextServed();
    await fetch(videoUrl, { headers: { range: 'bytes=10-19' } }).then((response) => response.arrayBuffer());
    expect(await part).toMatchObject({ start: 10, bytesSent: 10, fileSize: CLIP.length, whole: false });
    const whole = nextServed();
    await fetch(videoUrl).then((response) => response.arrayBuffer());
    expect(await whole).toMatchObject({ start: 0, bytesSent: CLIP.length, fileSize: CLIP.length });
    const missing = nextServed();
    await fetch(videoUrl.replace('video.mp4', 'other.mp4'));
    expect(await missing).toMatchObject({ start: 0, fileSize: 0 });
  });

  it('is answered with 304 for a known ETag', async () => {
    const { videoUrl } = await succeed();
    const etag = (await fetch(videoUrl, { method: 'HEAD' })).headers.get('etag') ?? '';
    expect((await fetch(videoUrl, { headers: { 'if-none-match': etag } })).status).toBe(304);
    const stale = { range: 'bytes=0-1', 'if-range': '"other"' };
    expect((await fetch(videoUrl, { headers: stale })).status).toBe(200);
  });

  it('is rejected before success, after expiry, for unknown files and for other methods', async () => {
    const { taskId, videoUrl } = await succeed();
    const running = await runwayCalls(mock.url).generate();
    const statusOf = async (url: string, method = 'GET') => (await fetch(url, { method })).status;
    expect(await statusOf(videoUrl.replace(taskId, running.taskId))).toBe(404);
    expect(await statusOf(videoUrl.replace('video.mp4', 'other.mp4'))).toBe(404);
    expect(await statusOf(`${mock.url}/__media/${taskId}/..%2f..%2fpackage.json`)).toBe(404);
    expect(await statusOf(videoUrl, 'DELETE')).toBe(405);
    await mock.clock.advance('14d');
    expect(await statusOf(videoUrl)).toBe(410);
  });
});

describe('the scenario media.*', () => {
  it('503 rejects the first two downloads of each file', async () => {
    const { videoUrl, imageUrl } = await succeed('media.503');
    const statuses: number[] = [];
    for (const url of [videoUrl, videoUrl, videoUrl, imageUrl]) {
      const served = nextServed();
      statuses.push(
        (await fetch(url).then((response) => response.arrayBuffer().then(() => response))).status,
      );
      await served;
    }
    expect(statuses).toEqual([503, 503, 200, 503]);
  });

  it('truncated sends half of the file first, then the whole file', async () => {
    const { videoUrl } = await succeed('media.truncated');
    const served = nextServed();
    await expect(fetch(videoUrl).then((response) => response.arrayBuffer())).rejects.toThrow();
    expect(await served).toMatchObject({ bytesSent: CLIP.length >> 1, completed: false, whole: false });
    expect((await (await fetch(videoUrl)).arrayBuffer()).byteLength).toBe(CLIP.length);
  });

  it('expired rejects downloads at once, and polls report the expiry', async () => {
    const { taskId, videoUrl } = await succeed('media.expired');
    expect((await fetch(videoUrl)).status).toBe(410);
    expect((await runwayCalls(mock.url).details(taskId)).body.data.expireFlag).toBe(1);
  });

  it('hang sends nothing, and the journal has the aborted download', async () => {
    const { videoUrl } = await succeed('media.hang');
    const served = nextServed();
    const asked = httpRequest(videoUrl);
    asked.on('error', () => undefined);
    asked.end();
    // The server has received the request when it answers a later one.
    await fetch(`${mock.url}/__admin/health`);
    asked.destroy();
    expect(await served).toMatchObject({ status: null, bytesSent: 0, completed: false });
  });

  it('dribble sends the beginning at once and the rest slowly', async () => {
    const { videoUrl } = await succeed('media.dribble');
    const served = nextServed();
    const response = await fetch(videoUrl);
    const reader = response.body?.getReader();
    const first = await reader?.read();
    expect(first?.value?.length).toBeLessThan(CLIP.length / 10);
    await reader?.cancel();
    const { bytesSent, completed } = await served;
    expect(bytesSent).toBeLessThan(CLIP.length);
    expect(completed).toBe(false);
  });
});
