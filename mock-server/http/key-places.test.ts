import { rmSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { type KeyedCall, keyedCall } from '../../fixtures/clients/keyed-call.ts';
import { acmeWith } from '../../fixtures/packs/acme-with.ts';
import { createMockServer, type MockServer, type MockServerOptions, type Pack } from '../index.ts';
import { KEY_MARK } from '../journal/marks.ts';

interface Row {
  readonly name: string;
  readonly scheme: object;
  readonly text: string;
}

const PLACES: readonly Row[] = [
  { name: 'a bearer key', scheme: { type: 'http', scheme: 'bearer' }, text: 'Authorization: Bearer KEY' },
  { name: 'a Basic key', scheme: { type: 'http', scheme: 'basic' }, text: 'Authorization: Basic KEY' },
  {
    name: 'a key after a word of the vendor',
    scheme: { type: 'apiKey', in: 'header', name: 'Authorization', 'x-scheme': 'Key' },
    text: 'Authorization: Key KEY',
  },
  {
    name: 'a bare key in the Authorization header',
    scheme: { type: 'apiKey', in: 'header', name: 'Authorization' },
    text: 'Authorization: KEY',
  },
  {
    name: 'a key in a named header',
    scheme: { type: 'apiKey', in: 'header', name: 'Acme-Pass' },
    text: 'Acme-Pass: KEY',
  },
  { name: 'a key in the query', scheme: { type: 'apiKey', in: 'query', name: 'pass' }, text: '?pass=KEY' },
];

/** Keys that are a secret by their characters, and one that looks like a word. */
const KEYS = ['k8Fz20qLw91Xa7', 'swordfish'];

const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

async function start(
  scheme: object,
  options: MockServerOptions = {},
): Promise<{ mock: MockServer; pack: Pack }> {
  const dir = acmeWith({ document: { components: { securitySchemes: { bearer: scheme } } } });
  opened.push(() => rmSync(dir, { recursive: true, force: true }));
  const mock = await createMockServer({ clock: 'virtual', seed: 7, packs: [dir], ...options }).listen();
  opened.push(() => mock.close());
  const pack = mock.packs.find(({ name }) => name === 'acme-video') as Pack;
  return { mock, pack };
}

async function submit({ url }: MockServer, { headers, query }: KeyedCall): Promise<Response> {
  return fetch(`${url}/v2/clips?${query}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ prompt: 'A storm', seconds: 5 }),
  });
}

describe.each(PLACES)('$name', ({ scheme, text }) => {
  it('is read where the document says', async () => {
    const { mock, pack } = await start(scheme);
    expect(pack.auth.places.map((place) => place.text)).toEqual([text]);
    const answer = await submit(mock, keyedCall(pack, 'some-key-1'));
    expect(answer.status).toBe(202);
    const { clip_id: id } = (await answer.json()) as { clip_id: string };
    const { headers, query } = keyedCall(pack, 'some-key-1');
    expect((await fetch(`${mock.url}/v2/clips/${id}?${query}`, { headers })).status).toBe(200);
  });

  it('is missing when it is absent, empty or elsewhere', async () => {
    const { mock, pack } = await start(scheme);
    const elsewhere = PLACES.filter((other) => other.text !== text).map((other) => otherPlace(other.text));
    const calls = [{ headers: {}, query: '' }, keyedCall(pack, ''), ...elsewhere];
    for (const call of calls) {
      const answer = await submit(mock, call);
      expect([call, answer.status]).toEqual([call, 401]);
      expect(await answer.json()).toMatchObject({ error: 'unauthorized' });
    }
  });

  it('must be one of the accepted keys', async () => {
    const { mock, pack } = await start(scheme, { apiKeys: ['first-key', 'second-key'] });
    const statuses = ['first-key', 'second-key', 'third-key'].map(
      async (key) => (await submit(mock, keyedCall(pack, key))).status,
    );
    expect(await Promise.all(statuses)).toEqual([202, 202, 401]);
  });

  it('has its own queued scenarios', async () => {
    const { mock, pack } = await start(scheme);
    mock.scenarios.enqueue('fail.render', { apiKey: 'key-of-anna' });
    await submit(mock, keyedCall(pack, 'key-of-bert'));
    await submit(mock, keyedCall(pack, 'key-of-anna'));
    expect(
      mock.tasks
        .all()
        .map((task) => task.scenario)
        .sort(),
    ).toEqual(['fail.render', 'success']);
  });

  it.each(KEYS)('is not recorded: %s', async (key) => {
    const { mock, pack } = await start(scheme, { apiKeys: ['another-key'] });
    const call = keyedCall(pack, key);
    await submit(mock, call);
    await fetch(`${mock.url}/v2/unknown?${call.query}`, { headers: call.headers });
    await fetch(`${mock.url}/__sink/x?${call.query}`, { method: 'POST', headers: call.headers });
    const recorded = JSON.stringify(mock.journal.entries());
    expect(recorded).not.toContain(key);
    const [first] = mock.journal.entries().filter(({ type }) => type === 'request.answered');
    expect(first).toMatchObject(
      call.query === ''
        ? { headers: { [Object.keys(call.headers)[0] ?? '']: expect.stringContaining(KEY_MARK) } }
        : { url: `/v2/clips?pass=${KEY_MARK}` },
    );
    const shown = await (await fetch(`${mock.url}/__admin/journal`)).text();
    expect(shown).not.toContain(key);
  });
});

/** Returns a call with a key at a place that is written as for users. */
function otherPlace(text: string): KeyedCall {
  const [name = '', value = ''] = text.replace('KEY', 'some-key-1').split(/: |=/);
  return text.startsWith('?')
    ? { headers: {}, query: `${name.slice(1)}=${value}` }
    : { headers: { [name]: value }, query: '' };
}

describe('a key in the query', () => {
  it.each(['p%61ss', 'pass'])('is masked under the name %s', async (name) => {
    const { mock } = await start({ type: 'apiKey', in: 'query', name: 'pass' });
    const { status } = await submit(mock, { headers: {}, query: `a=1&${name}=sword%66ish;x` });
    expect(status).toBe(202);
    expect(JSON.stringify(mock.journal.entries())).not.toMatch(/sword/);
  });
});

describe('a Basic key', () => {
  const scheme = { type: 'http', scheme: 'basic' };

  it('is the same account in every form', async () => {
    const { mock, pack } = await start(scheme, { apiKeys: ['anna:open-sesame'] });
    const encoded = Buffer.from('anna:open-sesame').toString('base64');
    expect((await submit(mock, keyedCall(pack, encoded))).status).toBe(202);
    mock.scenarios.enqueue('fail.render', { apiKey: 'anna:open-sesame' });
    await submit(mock, keyedCall(pack, encoded));
    expect(
      mock.tasks
        .all()
        .map((task) => task.scenario)
        .sort(),
    ).toEqual(['fail.render', 'success']);
    expect(JSON.stringify(mock.journal.entries())).not.toMatch(/open-sesame/);
  });

  it('can be the user name without a password', async () => {
    const { mock, pack } = await start(scheme, { apiKeys: ['anna-key'] });
    const encoded = Buffer.from('anna-key:').toString('base64');
    expect((await submit(mock, keyedCall(pack, encoded))).status).toBe(202);
  });
});

describe('an operation with an empty list of schemes', () => {
  it('needs no key', async () => {
    const dir = acmeWith({ document: { paths: { '/v2/clips/{id}': { get: { security: [] } } } } });
    opened.push(() => rmSync(dir, { recursive: true, force: true }));
    const mock = await createMockServer({ clock: 'virtual', packs: [dir] }).listen();
    opened.push(() => mock.close());
    const answer = await submit(mock, { headers: { authorization: 'Bearer some-key-1' }, query: '' });
    const { clip_id: id } = (await answer.json()) as { clip_id: string };
    expect((await fetch(`${mock.url}/v2/clips/${id}`)).status).toBe(200);
    expect((await fetch(`${mock.url}/v2/clips/${id}`, { method: 'DELETE' })).status).toBe(401);
  });
});

describe('a vendor with several places', () => {
  it('accepts a key at each of them', async () => {
    const dir = acmeWith({
      lifecycle: { auth: { schemes: ['Bearer', 'Token'] } },
      document: {
        security: [{ bearer: [] }, { pass: [] }],
        components: { securitySchemes: { pass: { type: 'apiKey', in: 'header', name: 'X-Pass' } } },
      },
    });
    opened.push(() => rmSync(dir, { recursive: true, force: true }));
    const mock = await createMockServer({ clock: 'virtual', packs: [dir] }).listen();
    opened.push(() => mock.close());
    for (const headers of [{ authorization: 'Bearer a' }, { authorization: 'token a' }, { 'x-pass': 'a' }]) {
      expect((await submit(mock, { headers, query: '' })).status).toBe(202);
    }
  });
});
