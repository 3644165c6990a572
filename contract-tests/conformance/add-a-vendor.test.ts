import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openReceiver } from '../../fixtures/receivers/scripted-receiver.ts';
import { checkPack, createMockServer, type MockServer } from '../../mock-server/index.ts';

const ROOT = join(import.meta.dirname, '../..');
const PACK = join(ROOT, 'fixtures/packs/acme-video');
const read = (path: string): string => readFileSync(path, 'utf8');
const GUIDE = read(join(ROOT, 'docs/add-a-vendor.md'));

let mock: MockServer | undefined;
afterEach(async () => {
  await mock?.close();
});

describe('the guide "add a vendor"', () => {
  const files = ['lifecycle.yaml', 'openapi.yaml'].map((name) => read(join(PACK, name)));
  const blocks = [...GUIDE.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, block = '']) => block);

  it('shows the whole lifecycle in pieces, and nothing else', () => {
    expect(blocks.length).toBeGreaterThan(5);
    for (const block of blocks) expect(files.some((text) => text.includes(block))).toBe(true);
    const [lifecycle = ''] = files;
    const shown = blocks.filter((block) => lifecycle.includes(block)).join('');
    expect(shown.replaceAll('\n', '')).toBe(lifecycle.replaceAll('\n', ''));
  });

  it('needs fewer than 80 lines for a typical vendor', () => {
    expect(files[0]?.trimEnd().split('\n').length).toBeLessThan(80);
  });

  it('has an example without findings in "packs check"', async () => {
    const check = await checkPack(PACK);
    expect(check.problems).toEqual([]);
  });
});

describe('the example of the guide', () => {
  async function call(method: string, path: string, body?: object, scenario = 'success') {
    const response = await fetch((mock?.url ?? '') + path, {
      method,
      headers: {
        authorization: 'Bearer key',
        'content-type': 'application/json',
        'x-mock-scenario': scenario,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? null : JSON.parse(text) };
  }

  it('simulates success, failure, cancellation, and a retried callback', async () => {
    mock = await createMockServer({ builtIn: false, packs: [PACK], clock: 'virtual', seed: 7 }).listen();
    const receiver = await openReceiver(503, 202);
    const clip = { prompt: 'A lighthouse', seconds: 5 };
    const created = await call('POST', '/v2/clips', { ...clip, notify_url: receiver.url });
    expect(created.status).toBe(202);
    const path = `/v2/clips/${created.body.clip_id}`;
    expect((await call('GET', path)).body).toMatchObject({ state: 'queued', percent: '0%' });
    await mock.clock.advance('2m');
    receiver.close();
    expect((await call('GET', path)).body).toMatchObject({ state: 'done', percent: '100%' });
    expect(mock.tasks.get(created.body.clip_id)?.deliveries).toMatchObject([
      { status: 'acknowledged', attempts: [{ status: 503 }, { status: 202 }] },
    ]);

    const failing = await call('POST', '/v2/clips', clip, 'fail.moderation');
    const canceled = await call('POST', '/v2/clips', { ...clip, seconds: 10 });
    expect((await call('DELETE', `/v2/clips/${canceled.body.clip_id}`)).status).toBe(204);
    await mock.clock.advance('2m');
    expect((await call('GET', `/v2/clips/${failing.body.clip_id}`)).body).toMatchObject({
      state: 'failed',
      problem: 'The prompt was refused by our moderation.',
    });
    expect((await call('GET', `/v2/clips/${canceled.body.clip_id}`)).body.state).toBe('canceled');
    expect((await call('POST', '/v2/clips', { ...clip, seconds: 7 })).body).toEqual({
      error: 'invalid',
      message: 'seconds must be 5 or 10',
    });
  });
});
