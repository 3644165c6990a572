import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStudio, type Studio } from '../../fixtures/open-studio.ts';
import { samplePack } from '../delivery/testing/sample-tasks.ts';
import { derivedSeed } from './derived-tasks.ts';

const FILM = { model: 'film-1', input: { prompt: 'a cat', seconds: 5 } };

let home: string;
let studio: Studio;
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'stuntdouble-derived-'));
  studio = await openStudio({ data: home });
});
afterEach(async () => {
  await studio.mock.close();
  rmSync(home, { recursive: true, force: true });
});

async function film(): Promise<string> {
  return String((await studio.call('POST', '/v3/jobs', FILM)).body.job);
}

async function finishedFilm(): Promise<string> {
  const job = await film();
  await studio.mock.clock.advance('2m');
  return job;
}

const upscale = (job: string, fields = {}) => studio.call('POST', '/v3/upscales', { job, ...fields });

describe('a task that is derived from another', () => {
  it('is created by the first call, and answered about by later ones, under the id of its parent', async () => {
    const job = await finishedFilm();
    expect(await upscale(job)).toEqual({ status: 200, body: { job, message: 'started' } });
    expect(await upscale(job)).toEqual({ status: 200, body: { job, message: 'scaling' } });
    expect(studio.mock.tasks.all()).toHaveLength(2);
    await studio.mock.clock.advance('1m');
    const { body } = await upscale(job);
    expect(body).toMatchObject({ job, message: 'done' });
    expect((await fetch(String(body.url))).headers.get('content-type')).toBe('video/mp4');
    expect(studio.mock.tasks.all()).toHaveLength(2);
  });

  it('exists once for each value of the fields that keep tasks apart', async () => {
    const job = await finishedFilm();
    for (const index of [0, 1, 0]) await upscale(job, { index });
    expect(studio.mock.tasks.all()).toHaveLength(3);
    const other = await finishedFilm();
    expect((await upscale(other, { index: 0 })).body).toEqual({ job: other, message: 'started' });
  });

  it('can be created by a call without a body', async () => {
    const job = await finishedFilm();
    const messages: unknown[] = [];
    for (const _ of [1, 2]) {
      messages.push((await studio.call('GET', `/v3/large?job=${job}`)).body);
      await studio.mock.clock.advance('1m');
    }
    messages.push((await studio.call('GET', `/v3/large?job=${job}`)).body.message);
    expect(messages).toEqual([{ message: 'wait' }, expect.objectContaining({ message: 'done' }), 'done']);
  });

  it('needs a parent that has succeeded', async () => {
    expect(await upscale('f'.repeat(32))).toMatchObject({ status: 404 });
    expect(await upscale(await film())).toMatchObject({
      status: 422,
      body: { message: expect.stringContaining('the job has not ended') },
    });
    expect(studio.mock.tasks.all()).toHaveLength(1);
  });

  it('sends a callback of its own with the id of its parent', async () => {
    const job = await finishedFilm();
    await upscale(job, { hook: `${studio.mock.url}/__sink` });
    await studio.mock.clock.advance('1m');
    const sent = studio.mock.journal
      .entries()
      .flatMap((entry) => (entry.type === 'attempt.started' ? [[entry.event, JSON.parse(entry.body)]] : []));
    expect(sent).toEqual([['acme-studio.upscaled', { job, url: expect.stringContaining('/__media/') }]]);
  });

  it('is not in lists, and only its first call is a submission', async () => {
    const job = await finishedFilm();
    await upscale(job);
    await upscale(job);
    expect((await studio.call('GET', '/v3/jobs')).body).toMatchObject({ jobs: [{ job }] });
    const calls = studio.mock.journal
      .entries()
      .flatMap((entry) =>
        entry.type === 'request.answered' && entry.operation === 'upscale-job' ? [entry.does] : [],
      );
    expect(calls).toEqual(['submit', 'poll']);
  });

  it('fails when its scenario says so, which repeated calls do not take', async () => {
    const job = await finishedFilm();
    studio.mock.scenarios.enqueue('fail.moderation');
    await upscale(job);
    studio.mock.scenarios.enqueue('submit.invalid');
    await studio.mock.clock.advance('1m');
    expect((await upscale(job)).body).toEqual({ job, message: 'The prompt was refused by our moderation.' });
    expect((await studio.call('POST', '/v3/jobs', FILM)).status).toBe(422);
  });

  it('survives a restart', async () => {
    const job = await finishedFilm();
    await upscale(job);
    await studio.call('GET', `/v3/large?job=${job}`);
    await studio.mock.close();
    studio = await openStudio({ data: home });
    expect((await upscale(job)).body).toEqual({ job, message: 'scaling' });
    expect((await studio.call('GET', `/v3/large?job=${job}`)).body).toEqual({ message: 'wait' });
    expect(studio.mock.tasks.all()).toHaveLength(3);
  });
});

describe('the seed of a derived task', () => {
  const { pack, operation } = samplePack();
  const derives = { keyOf: ({ id }: { readonly id?: unknown }) => String(id), answers: new Map() };
  const seedOf = (id: string, own: object = { derives }) =>
    derivedSeed({ pack, operation: { ...operation, ...own }, request: { id } });

  it('depends on the operation and on the key of the call alone', () => {
    expect(seedOf('a')).toBe(seedOf('a'));
    expect(seedOf('a')).not.toBe(seedOf('b'));
    expect(seedOf('a', { derives, id: 'other' })).not.toBe(seedOf('a'));
  });

  it('does not exist for other operations', () => {
    expect(seedOf('a', {})).toBeNull();
  });
});
