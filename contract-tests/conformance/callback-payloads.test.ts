import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { createMockServer, loadPacks } from '../../mock-server/index.ts';
import { stagingOf } from '../../mock-server/internal.ts';
import type { CallbackOf, CallbackPayloads } from '../payload/callback-of.ts';
import { generateCallbackTypes } from './generate-payload-types.ts';

const FILE = join(import.meta.dirname, '../payload/callback-payloads.ts');

describe('the types of callbacks', () => {
  it('match the OpenAPI documents ("npm run types:payloads" writes them)', async () => {
    const text = await generateCallbackTypes(loadPacks());
    if (process.env.STUNTDOUBLE_WRITE !== undefined) writeFileSync(FILE, text);
    expect(readFileSync(FILE, 'utf8')).toBe(text);
  });

  it('cover every event', () => {
    const known: readonly (keyof CallbackPayloads)[] = [
      ...(['runway.generate', 'runway.extend', 'luma.modify', 'cometapi.generate'] as const),
      ...(['dream-machine.generation', 'replicate.prediction', 'fal.request'] as const),
      ...(['veo.generate', 'veo.extend', 'veo.4k', 'market.task', 'aleph.generate'] as const),
      ...(['flux-kontext.generate', 'gpt4o-image.generate'] as const),
      ...(['suno.music', 'suno.extension', 'suno.cover', 'suno.instrumental', 'suno.vocals'] as const),
      ...(['suno.mashup', 'suno.lyrics', 'suno.wav', 'suno.video', 'suno.cover-image'] as const),
      ...(['suno.midi', 'suno.replacement', 'suno.separation', 'suno.sounds'] as const),
      ...(['suno.upload-extension'] as const),
    ];
    const all = loadPacks().flatMap(({ events }) => [...events.keys()]);
    expect([...known].sort()).toEqual(all.sort());
  });

  it('let a receiver read callbacks of the mock without a cast', async () => {
    const mock = createMockServer({ clock: 'virtual', publicUrl: 'http://127.0.0.1:9' });
    const staged = await stagingOf(mock).stage('runway.generate', { to: 'http://127.0.0.1:9/' });
    const body: CallbackOf<'runway.generate'> = JSON.parse(staged.body);
    expectTypeOf(body.code).toExtend<number>();
    expect(body.data?.task_id).toBe(staged.taskId);
    await mock.close();
  });
});
