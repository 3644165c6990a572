import { afterEach, describe, expect, it } from 'vitest';
import { runwayCalls } from '../../fixtures/clients/runway-calls.ts';
import { createMockServer, type MockServer, type Pack } from '../../mock-server/index.ts';
import { asFlag } from '../name-option.ts';
import { gatherEvidence } from './gather-evidence.ts';
import { type FileDownloads, filesOf } from './media-coverage.ts';

let mock: MockServer;
afterEach(() => mock.close());

/** Creates a video, and returns its URL and size. */
async function video(scenario = 'success'): Promise<{ url: string; taskId: string; size: number }> {
  mock = await createMockServer({ clock: 'virtual', seed: 7 }).listen();
  const { taskId } = await runwayCalls(mock.url).generate({}, { 'x-mock-scenario': scenario });
  await mock.clock.advance('5m');
  const url = (await runwayCalls(mock.url).details(taskId)).body.data.videoInfo.videoUrl;
  const size = Number((await fetch(url, { method: 'HEAD' })).headers.get('content-length'));
  return { url, taskId, size };
}

async function get(url: string, range?: string): Promise<void> {
  await (await fetch(url, range === undefined ? {} : { headers: { range } })).arrayBuffer();
}

async function coverage(taskId: string): Promise<FileDownloads | undefined> {
  await mock.close();
  const pack = mock.packs.find(({ name }) => name === 'runway') as Pack;
  const { downloads } = gatherEvidence({
    entries: mock.journal.entries(),
    pack,
    run: null,
    timeScale: 1,
    time: 'service',
    giveUpWithinMs: 1,
    downloadWithinMs: null,
    concurrency: null,
    nameOption: asFlag,
  });
  return filesOf(downloads, [taskId])[0];
}

/** Sequences of downloads, and how often they return the whole file. */
const DOWNLOADS: readonly (readonly [
  name: string,
  ranges: (size: number) => readonly (string | undefined)[],
  times: number,
])[] = [
  ['in one piece', () => [undefined], 1],
  ['in ranges, one after the other', (size) => [`bytes=0-${(size >> 1) - 1}`, `bytes=${size >> 1}-`], 1],
  ['in ranges that overlap, the end first', (size) => [`bytes=${size >> 1}-`, `bytes=0-${size >> 1}`], 1],
  [
    'by its last bytes and the rest',
    (size) => ['bytes=-100', `bytes=0-${size - 101}`, `bytes=${size - 200}-`],
    1,
  ],
  ['by its first byte, and then whole', () => ['bytes=0-0', undefined], 1],
  ['in one range of the whole file', () => ['bytes=0-'], 1],
  ['with a range beyond its end', (size) => [`bytes=0-${size + 500}`], 1],
  ['only by its first bytes', () => ['bytes=0-99'], 0],
  ['without its first byte', () => ['bytes=1-'], 0],
  ['twice', () => [undefined, undefined], 2],
  ['whole, and then in ranges', (size) => [undefined, `bytes=0-${size >> 1}`, `bytes=${size >> 1}-`], 2],
  ['whole, and then a part again', () => [undefined, 'bytes=0-99'], 1],
];

describe('filesOf', () => {
  it.each(DOWNLOADS)('counts a file downloaded %s', async (_name, ranges, times) => {
    const { url, taskId, size } = await video();
    for (const range of ranges(size)) await get(url, range);
    const file = await coverage(taskId);
    expect(file?.completedBy !== null).toBe(times > 0);
    expect((file?.again.length ?? 0) > 0).toBe(times > 1);
    if (times > 0) expect(file).toMatchObject({ size, bytes: size });
  });

  it('does not count a HEAD request', async () => {
    const { taskId } = await video();
    expect(await coverage(taskId)).toMatchObject({ completedBy: null, bytes: 0, again: [] });
  });

  it('counts a truncated download and a new one as one file', async () => {
    const { url, taskId, size } = await video('media.truncated');
    await expect(get(url)).rejects.toThrow();
    await get(url);
    expect(await coverage(taskId)).toMatchObject({ size, bytes: size, again: [] });
  });
});
