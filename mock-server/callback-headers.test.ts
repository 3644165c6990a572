import { createHash, webcrypto } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { mockAndReceiver } from '../fixtures/mock-and-receiver.ts';
import type { ScriptedReceiver } from '../fixtures/receivers/scripted-receiver.ts';
import { writeSigningPack } from '../fixtures/signatures/signing-pack.ts';
import type { MockServer } from './index.ts';

const CHOSEN = 'shared-0f1e2d3c4b5a';

let home = '';
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'stuntdouble-headers-'));
  writeSigningPack(join(home, 'ed25519'), {
    headers: {
      'x-event-task': '{$task.id}',
      'x-callback': '{$request.body#/input/prompt}',
      'x-sent-at': '$callback.httpDate',
    },
    clientHeader: { name: '$request.body#/header_name', value: '$request.body#/header_value' },
    signature: {
      algorithm: 'ed25519',
      encoding: 'hex',
      always: true,
      payload: '{$task.id}\n{$signature.timestamp}\n{$delivery.sha256}',
      headers: { 'x-time': '$signature.timestamp', 'x-signature': '$signature.value' },
    },
  });
  writeSigningPack(join(home, 'hmac'), {
    signature: {
      algorithm: 'hmac-sha512',
      key: 'utf8',
      always: true,
      payload: '{$delivery.body}',
      headers: { 'x-signature': '$signature.value' },
    },
  });
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

const { startMock, receiver, closeAll } = mockAndReceiver({ builtIn: false });
afterEach(closeAll);

async function submit(mock: MockServer, to: ScriptedReceiver, body: object = {}): Promise<string> {
  const response = await fetch(`${mock.url}/v1/predictions`, {
    method: 'POST',
    headers: { authorization: 'Bearer some-key', 'content-type': 'application/json' },
    body: JSON.stringify({ version: 'v', input: { prompt: 'A gull' }, webhook: to.url, ...body }),
  });
  const { id } = (await response.json()) as { id: string };
  await mock.clock.advance('1h');
  return id;
}

async function keysOf(mock: MockServer): Promise<webcrypto.JsonWebKey[]> {
  // Receivers do not have a key of the vendor.
  const { keys } = (await (await fetch(`${mock.url}/jwks.json`)).json()) as {
    keys: webcrypto.JsonWebKey[];
  };
  return keys;
}

const packs = (name: string) => ({ packs: [join(home, name)] });

describe('the callbacks of a vendor that always signs', () => {
  it('are valid with the public key that the mock serves, without a secret', async () => {
    const mock = await startMock(packs('ed25519'));
    const posts = await receiver();
    const id = await submit(mock, posts);
    const [jwk = {}] = await keysOf(mock);
    const key = await webcrypto.subtle.importKey('jwk', jwk, 'Ed25519', false, ['verify']);
    expect(posts.posts.length).toBeGreaterThan(0);
    for (const { headers, body } of posts.posts) {
      const hash = createHash('sha256').update(body).digest('hex');
      const text = Buffer.from(`${id}\n${headers['x-time']}\n${hash}`);
      const signature = Buffer.from(String(headers['x-signature']), 'hex');
      expect(await webcrypto.subtle.verify('Ed25519', key, signature, text)).toBe(true);
    }
  });

  it('have the same key after a restart, and another with another seed or secret', async () => {
    const kids = [];
    for (const options of [{}, {}, { seed: 8 }, { secret: 'whsec_b3duIHNlY3JldA==' }]) {
      const [jwk] = await keysOf(await startMock({ ...packs('ed25519'), ...options }));
      kids.push((jwk as { kid?: string }).kid);
    }
    expect(kids[0]).toBe(kids[1]);
    expect(new Set(kids).size).toBe(3);
  });

  it('do not reveal the secret in the journal', async () => {
    const mock = await startMock(packs('hmac'));
    await submit(mock, await receiver());
    const response = await fetch(`${mock.url}/v1/webhooks/default/secret`, {
      headers: { authorization: 'Bearer some-key' },
    });
    const { key } = (await response.json()) as { key: string };
    expect(key).toMatch(/^whsec_/);
    const entries = JSON.stringify(mock.journal.entries());
    expect(entries).toContain('x-signature');
    expect(entries).not.toContain(key);
  });
});

describe('a header of every callback', () => {
  it('can name the task, a field of the request, and the time', async () => {
    const mock = await startMock(packs('ed25519'));
    const posts = await receiver();
    const id = await submit(mock, posts);
    for (const { headers } of posts.posts) {
      expect(headers).toMatchObject({ 'x-event-task': id, 'x-callback': 'A gull' });
      expect(new Date(String(headers['x-sent-at'])).toUTCString()).toBe(headers['x-sent-at']);
    }
  });

  it('is omitted when its value cannot be sent', async () => {
    const mock = await startMock(packs('ed25519'));
    const posts = await receiver();
    await submit(mock, posts, { input: { prompt: 'one\r\nx-injected: two' } });
    expect(posts.posts.length).toBeGreaterThan(0);
    for (const { headers } of posts.posts) {
      expect(headers).not.toHaveProperty('x-callback');
      expect(headers).not.toHaveProperty('x-injected');
    }
  });
});

describe('a header that the client chose', () => {
  it('is sent and recorded under any permitted name, such as __proto__', async () => {
    const mock = await startMock(packs('ed25519'));
    const to = await receiver();
    await submit(mock, to, { header_name: '__proto__', header_value: CHOSEN });
    expect(to.posts.length).toBeGreaterThan(0);
    for (const { rawHeaders } of to.posts) {
      expect(rawHeaders).toEqual(expect.arrayContaining(['__proto__', CHOSEN]));
    }
    const attempts = mock.journal.entries().filter(({ type }) => type === 'attempt.started');
    expect(attempts.length).toBe(to.posts.length);
    for (const attempt of attempts) expect(JSON.stringify(attempt)).toContain('"__proto__":');
  });

  it('is sent, and its value does not appear in the journal or the tasks', async () => {
    const mock = await startMock(packs('ed25519'));
    const posts = await receiver();
    await submit(mock, posts, { header_name: 'X-Receiver-Key', header_value: `Bearer ${CHOSEN}` });
    expect(posts.posts.map(({ headers }) => headers['x-receiver-key'])).toEqual(
      posts.posts.map(() => `Bearer ${CHOSEN}`),
    );
    const shown = JSON.stringify([mock.journal.entries(), mock.tasks.all()]);
    expect(shown).toContain('X-Receiver-Key');
    expect(shown).not.toContain(CHOSEN);
  });

  it('does not appear in the journal even if its value is a short word', async () => {
    const mock = await startMock(packs('ed25519'));
    const posts = await receiver();
    await submit(mock, posts, { header_name: 'X-Receiver-Key', header_value: 'heron' });
    expect(posts.posts[0]?.headers['x-receiver-key']).toBe('heron');
    const sent = mock.journal.entries({ type: 'attempt.started' });
    expect(JSON.stringify(sent)).not.toContain('heron');
  });

  it.each(['Content-Length', 'host', 'two words', 'line\nbreak', ''])(
    'is omitted when it is %j',
    async (name) => {
      const mock = await startMock(packs('ed25519'));
      const posts = await receiver();
      await submit(mock, posts, { header_name: name, header_value: '99999' });
      expect(posts.posts.length).toBeGreaterThan(0);
      expect(posts.posts.flatMap(({ headers }) => Object.values(headers))).not.toContain('99999');
    },
  );
});
