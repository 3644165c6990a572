import { describe, expect, it } from 'vitest';
import { get, problem, start } from './testing/admin-client.ts';
import { missedBy } from './testing/documented-names.ts';

describe('GET /packs', () => {
  it('lists operations with schema and example, and scenarios', async () => {
    await start();
    const packs = await get<readonly { readonly name: string }[]>('/packs');
    expect(packs.find(({ name }) => name === 'runway')).toMatchObject({
      profile: 'documented',
      key: 'Authorization: Bearer KEY',
      bases: ['', '/runway'],
      operations: expect.arrayContaining([
        expect.objectContaining({
          id: 'generate-ai-video',
          does: 'submit',
          path: '/api/v1/runway/generate',
          promptAt: '/prompt',
          callbackUrlAt: '/callBackUrl',
          callbackUrlIn: null,
          request: expect.objectContaining({
            properties: expect.objectContaining({ prompt: expect.anything() }),
          }),
          example: expect.objectContaining({ duration: expect.any(Number) }),
        }),
      ]),
      scenarios: expect.arrayContaining([
        { name: 'success', summary: 'the task succeeds', failureClass: null },
      ]),
    });
    expect(JSON.stringify(packs)).not.toContain('$ref');
  });

  it('lists the rules of delivery with the settings and the speed', async () => {
    await start({ only: ['runway'], speed: 10, ackTimeout: '3s', retries: 2, retryGaps: ['40s'] });
    const [pack] = await get<readonly { readonly delivery: unknown }[]>('/packs');
    expect(pack?.delivery).toContainEqual({
      event: 'runway.generate',
      timeoutMs: 3000,
      attempts: 3,
      attemptsFor: {},
      delaysMs: [4000],
      delayJitter: 0,
    });
  });

  it('lists the classes of failures, and callback URLs in the query', async () => {
    await start({ only: ['fal'] });
    const [pack] =
      await get<readonly [{ readonly scenarios: unknown; readonly operations: unknown }]>('/packs');
    expect(pack.scenarios).toContainEqual(
      expect.objectContaining({ name: 'fail.moderation', failureClass: 'moderation' }),
    );
    expect(pack.operations).toContainEqual(
      expect.objectContaining({ does: 'submit', callbackUrlAt: null, callbackUrlIn: 'fal_webhook' }),
    );
  });

  it('lists headers that every call requires', async () => {
    await start();
    const packs = await get('/packs');
    expect(JSON.stringify(packs)).toContain('"headers":{"X-Runway-Version":"2024-11-06"}');
  });

  it('rejects parameters', async () => {
    await start();
    expect(await get('/packs?name=runway')).toEqual(problem('BAD_REQUEST', 400));
  });
});

describe('the tests of packs', () => {
  it('cause every documented status', () => {
    expect(missedBy('pack-calls')).toEqual([]);
  });
});
