import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStudio, type Studio, type StudioAnswer } from '../../../fixtures/open-studio.ts';
import type { MockServer } from '../../index.ts';
import { MEDIA_FOLDER } from '../../packs/media-files.ts';

const FILM = { model: 'film-2', input: { prompt: 'a cat', seconds: 5 } };
const STILL = { model: 'still-1', input: { prompt: 'a cat', n: 3 } };
const SONG = {
  model: 'song-1',
  input: { prompt: 'a cat', style: 'folk', mood: 'glad', voice: 'low', tempo: 90 },
};

let studio: Studio;
let mock: MockServer;
beforeEach(async () => {
  studio = await openStudio();
  mock = studio.mock;
});
afterEach(() => mock.close());

const call: Studio['call'] = (...args) => studio.call(...args);

type Job = StudioAnswer['body'] & {
  readonly images?: readonly string[];
  readonly tracks?: readonly { readonly id: string; readonly url: string; readonly type: string }[];
};

async function submit(body: object): Promise<string> {
  return String((await call('POST', '/v3/jobs', body)).body.job);
}

async function done(body: object): Promise<Job> {
  const id = await submit(body);
  await mock.clock.advance('2m');
  return (await call('GET', `/v3/jobs/${id}`)).body as Job;
}

describe('an operation whose field chooses the kind of task', () => {
  it('gives each task the states of its kind', async () => {
    const ids = [await submit(FILM), await submit(STILL), await submit(SONG)];
    const states = await Promise.all(ids.map(async (id) => (await call('GET', `/v3/jobs/${id}`)).body.state));
    expect(states).toEqual(['working', 'working', 'lyrics']);
    expect(ids.map((id) => mock.tasks.get(id)?.kind)).toEqual(['video', 'image', 'music']);
    await mock.clock.advance('10s');
    expect(ids.map((id) => mock.tasks.get(id)?.state)).toEqual(['working', 'done', 'working']);
  });

  it('answers with the body of the kind, also in lists', async () => {
    const still = await done(STILL);
    expect(still).toMatchObject({ state: 'done', percent: 100 });
    expect(still).not.toHaveProperty('files');
    const film = await done(FILM);
    expect(film).toMatchObject({
      took: expect.toSatisfy((seconds: number) => seconds >= 60 && seconds <= 90),
      files: [
        {
          bytes: readFileSync(join(MEDIA_FOLDER, 'clip.mp4')).length,
          type: 'video/mp4',
          name: 'video.mp4',
          seconds: 3,
          width: 320,
          height: 180,
        },
      ],
    });
    expect((await call('GET', '/v3/jobs')).body).toEqual({ jobs: [film, still], more: false });
  });

  it('refuses a value without a kind, and lists the known ones', async () => {
    expect(await call('POST', '/v3/jobs', { ...FILM, model: 'film-9' })).toEqual({
      status: 422,
      body: {
        error: 'invalid',
        message: expect.stringContaining('model must be one of film-1, film-2, still-1, song-1'),
      },
    });
  });

  it('sends the callbacks of the kind', async () => {
    const hook = `${mock.url}/__sink`;
    await done({ ...STILL, hook });
    await done({ ...SONG, hook });
    const bodies = mock.journal
      .entries()
      .flatMap((entry) => (entry.type === 'attempt.started' ? [Object.keys(JSON.parse(entry.body))] : []));
    expect(bodies).toEqual([['job', 'images'], ['job'], ['job', 'tracks']]);
  });
});

describe('several media files of one kind', () => {
  it.each([
    [3, 3],
    [1, 1],
    [undefined, 1],
  ])('are as many as the request asks for: %s', async (n, count) => {
    const { images, second, ids } = await done({ ...STILL, input: { prompt: 'a cat', n } });
    expect(images).toHaveLength(count);
    expect(new Set(images).size).toBe(count);
    expect(new Set(ids as string[]).size).toBe(count);
    expect(second).toBe(images?.[1]);
    const types = await Promise.all((images ?? []).map(typeOf));
    expect(types).toEqual(Array.from({ length: count }, () => 'image/webp'));
    const beyond = images?.[0]?.replace('image.webp', `image.${count}.webp`) ?? '';
    expect((await fetch(beyond)).status).toBe(404);
  });

  it('can be a fixed number, each with its id', async () => {
    const { tracks = [] } = await done(SONG);
    expect(new Set(tracks.map(({ id }) => id)).size).toBe(2);
    expect(await Promise.all(tracks.map(({ url }) => typeOf(url)))).toEqual(['audio/mpeg', 'audio/mpeg']);
  });
});

async function typeOf(url: string): Promise<string | null> {
  const answer = await fetch(url);
  await answer.arrayBuffer();
  return answer.headers.get('content-type');
}
