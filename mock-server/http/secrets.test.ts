import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Replicate from 'replicate';
import { afterEach, describe, expect, it } from 'vitest';
import { openReceiver } from '../../fixtures/receivers/scripted-receiver.ts';
import { createMockServer, type JournalEntry, type MockServer, type MockServerOptions } from '../index.ts';
import { KEY_MARK } from '../journal/marks.ts';

const KEY = 'r8_7f3a9c51e2bd84d0';

const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

interface Setup {
  readonly mock: MockServer;
  readonly receiver: Awaited<ReturnType<typeof openReceiver>>;
  /** Returns every text in which the mock shows what happened. */
  everything(): Promise<string>;
}

async function start(options: MockServerOptions = {}): Promise<Setup> {
  const data = mkdtempSync(join(tmpdir(), 'stuntdouble-secrets-'));
  opened.push(() => rmSync(data, { recursive: true, force: true }));
  const receiver = await openReceiver();
  opened.push(() => receiver.close());
  const mock = await createMockServer({ clock: 'virtual', seed: 7, data, ...options }).listen();
  opened.push(() => mock.close());
  const received: JournalEntry[] = [];
  mock.journal.subscribe((entry) => received.push(entry));
  const get = async (path: string): Promise<string> => (await fetch(`${mock.url}/__admin/${path}`)).text();
  return {
    mock,
    receiver,
    async everything() {
      const stream = await fetch(`${mock.url}/__admin/events?since=0`);
      const reader = stream.body?.getReader();
      let events = '';
      while (!events.includes(`id: ${received.at(-1)?.seq}\n`)) {
        const { value, done } = (await reader?.read()) ?? { done: true };
        if (done) break;
        events += new TextDecoder().decode(value);
      }
      await reader?.cancel();
      const ids = mock.tasks.all().map(({ id }) => id);
      return [
        events,
        JSON.stringify([received, mock.journal.entries(), mock.tasks.all()]),
        await get('journal'),
        await get('tasks'),
        ...(await Promise.all(ids.flatMap((id) => [get(`tasks/${id}`), get(`tasks/${id}/checks`)]))),
        readFileSync(join(data, 'journal.jsonl'), 'utf8'),
      ].join('\n');
    },
  };
}

interface Sending {
  readonly path?: string;
  readonly key?: string | null;
  readonly headers?: Record<string, string>;
  readonly input?: Record<string, unknown>;
  readonly more?: Record<string, unknown>;
}

/** Submits a prediction. Its vendor returns the input in every answer and callback. */
async function submit(
  { mock }: Setup,
  { path = '', key = KEY, headers = {}, input = {}, more = {} }: Sending,
) {
  const response = await fetch(`${mock.url}/v1/predictions${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      ...headers,
    },
    body: JSON.stringify({ version: 'a'.repeat(64), input: { prompt: 'A storm', ...input }, ...more }),
  });
  return { status: response.status, text: await response.text() };
}

const marksIn = ({ mock }: Setup): boolean =>
  mock.journal
    .entries({ type: 'request.answered' })
    .some((entry) => 'requestBody' in entry && (entry.requestBody + entry.url).includes(KEY_MARK));

describe('a key', () => {
  it.each<[string, Sending]>([
    ['the prompt', { input: { prompt: `use ${KEY}` } }],
    ['a field of the body', { input: { auth: KEY } }],
    ['the query', { path: `?apiKey=${KEY}` }],
    ['an encoded query', { path: `?q=${encodeURIComponent(`key ${KEY}`)}` }],
    ['another header', { headers: { 'x-api-key': KEY, 'user-agent': `app (${KEY})` } }],
    [
      'a body that is kept as text because of a number',
      { input: { auth: KEY, n: 1.5 }, more: { big: 12345678901234567890n.toString() } },
    ],
    ['the Authorization header only', {}],
  ])('in %s is masked everywhere, but returned to its client unchanged', async (_title, sending) => {
    const setup = await start();
    const { text, status } = await submit(setup, { ...sending, more: { webhook: setup.receiver.url } });
    expect(status).toBe(201);
    const answer = JSON.parse(text) as { id: string; input: object };
    expect(answer.input).toEqual({ prompt: 'A storm', ...sending.input });
    const poll = await fetch(`${setup.mock.url}/v1/predictions/${answer.id}`, {
      headers: { authorization: `Bearer ${KEY}` },
    });
    expect(((await poll.json()) as { input: object }).input).toEqual(answer.input);
    await setup.mock.clock.advance('1h');
    const [post] = await setup.receiver.received(1);
    expect(JSON.parse(post?.body ?? '').input).toEqual(answer.input);
    const everything = await setup.everything();
    expect(everything).toContain(KEY_MARK);
    expect(everything).not.toContain(KEY);
  });

  it('of one account is masked in requests of another one', async () => {
    const setup = await start();
    await submit(setup, { key: 'other-key-4711-0815' });
    await submit(setup, { input: { prompt: 'other-key-4711-0815' } });
    expect(await setup.everything()).not.toContain('other-key-4711-0815');
  });

  it.each<[string, MockServerOptions]>([
    ['--api-key', { apiKeys: [KEY, 'configured-key-1'] }],
    ['--secret', { secret: 'configured-key-1' }],
  ])('that was configured with %s is masked in every request', async (_title, options) => {
    const setup = await start(options);
    await submit(setup, { input: { prompt: 'configured-key-1' } });
    expect(await setup.everything()).not.toContain('configured-key-1');
  });

  it('in a callback URL is masked when shown and kept in the request', async () => {
    const setup = await start();
    await submit(setup, { more: { webhook: `${setup.receiver.url}?from=${KEY}` } });
    await setup.mock.clock.advance('1h');
    const [post] = await setup.receiver.received(1);
    expect(post?.path).toContain(KEY);
    expect(await setup.everything()).not.toContain(KEY);
  });

  it("is masked in a receiver's answer and in unknown calls", async () => {
    const setup = await start();
    await submit(setup, {});
    await fetch(`${setup.mock.url}/v1/nothing/${KEY}?token=${KEY}`, { headers: { 'x-api-key': KEY } });
    await fetch(`${setup.mock.url}/__sink?${KEY}`, { method: 'POST', body: KEY });
    expect(await setup.everything()).not.toContain(KEY);
  });

  it('is masked in rejected calls that send it in the body, the query or x-api-key', async () => {
    const setup = await start();
    expect((await submit(setup, { key: null, input: { auth: KEY } })).status).toBe(401);
    expect(
      (await submit(setup, { key: null, headers: { 'x-api-key': KEY }, input: { prompt: KEY } })).status,
    ).toBe(401);
    expect((await submit(setup, { key: null, path: `?api_key=${KEY}` })).status).toBe(401);
    expect(await setup.everything()).not.toContain(KEY);
  });

  it('is masked at the cut of a shortened body', async () => {
    const setup = await start();
    await submit(setup, {
      input: { prompt: `${'x'.repeat(8192 - 100)}${KEY.repeat(10)}` },
      more: { version: 7 },
    });
    const everything = await setup.everything();
    expect(everything).toContain('characters in all');
    expect(everything).not.toContain(KEY.slice(0, 8));
  });

  it('is still masked after thousands of other keys', async () => {
    const setup = await start();
    const { mock } = setup;
    await submit(setup, {});
    for (let n = 0; n < 2500; n++) mock.scenarios.enqueue('success', { apiKey: `other-key-${n}-${n}` });
    await submit(setup, { input: { prompt: KEY } });
    expect(await setup.everything()).not.toContain(KEY);
  });

  it("is masked without affecting the receiver's token in a callback URL after a restart", async () => {
    const data = mkdtempSync(join(tmpdir(), 'stuntdouble-secrets-'));
    opened.push(() => rmSync(data, { recursive: true, force: true }));
    const setup = await start({ data });
    await submit(setup, { more: { webhook: `${setup.receiver.url}?token=9d1c77aa02fe41` } });
    await setup.mock.close();
    const again = await createMockServer({ clock: 'virtual', data }).listen();
    opened.push(() => again.close());
    await again.clock.advance('1h');
    const [post] = await setup.receiver.received(1);
    expect(post?.path).toContain('token=9d1c77aa02fe41');
  });
});

describe('a body above the limit for the journal', () => {
  it('is kept as JSON with shortened strings, and returned to its client in full', async () => {
    const setup = await start();
    const image = `data:image/png;base64,${'A'.repeat(3_000_000)}`;
    const { text } = await submit(setup, { input: { image, auth: KEY } });
    expect(JSON.parse(text).input.image).toBe(image);
    const [entry] = setup.mock.journal.entries({ type: 'request.answered' });
    if (entry?.type !== 'request.answered') throw new Error('nothing was answered');
    for (const kept of [entry.requestBody, entry.answer]) {
      expect(JSON.parse(kept).input).toEqual({
        prompt: 'A storm',
        image: expect.stringMatching(/^data:image\/png;base64,A{8000,}… \(3000022 characters in all\)$/),
        auth: KEY_MARK,
      });
    }
  });

  it('is cut after its start when it has many strings', async () => {
    const setup = await start();
    await submit(setup, { input: { list: Array.from({ length: 100_000 }, (_, n) => `${KEY} ${n}`) } });
    const [entry] = setup.mock.journal.entries({ type: 'request.answered' });
    if (entry?.type !== 'request.answered') throw new Error('nothing was answered');
    expect(entry.requestBody).toMatch(/… \(\d+ characters in all\)$/);
    expect(entry.requestBody.length).toBeLessThan(9000);
    expect(entry.requestBody).not.toContain(KEY);
  });
});

describe('a dummy key', () => {
  it.each(['test', 'runway', 'prompt', 'storm', 'input', 'predictions', 'key', 'a'])(
    '"%s" is masked in its own header only, and not reported as a leak',
    async (key) => {
      const setup = await start();
      const input = { prompt: `A ${key} in a storm`, [key]: key };
      await submit(setup, { key, input, path: `?q=${key}` });
      const [entry] = setup.mock.journal.entries({ type: 'request.answered' });
      if (entry?.type !== 'request.answered') throw new Error('nothing was answered');
      expect(JSON.parse(entry.requestBody).input).toEqual(input);
      expect(JSON.parse(entry.answer).input).toEqual({ ...input });
      expect(entry.url).toBe(`/v1/predictions?q=${key}`);
      expect(entry.headers.authorization).toBe(`Bearer ${KEY_MARK}`);
      expect(marksIn(setup)).toBe(false);
      expect(setup.mock.tasks.all()[0]?.plan.request).toMatchObject({ input });
    },
  );

  it('is masked in places for keys, so that judges detect it', async () => {
    const setup = await start();
    await submit(setup, { key: 'test', path: '?apiKey=test' });
    expect(marksIn(setup)).toBe(true);
  });
});

describe("a vendor's client", () => {
  it('that sends its token in the body has it masked in the journal, where judges detect it', async () => {
    const setup = await start();
    const client = new Replicate({
      auth: KEY,
      baseUrl: `${setup.mock.url}/v1`,
      fileEncodingStrategy: 'data-uri',
    });
    const prediction = await client.predictions.create({
      version: 'a'.repeat(64),
      input: { prompt: 'p', image: Buffer.from('image') },
    });
    // In data-URI mode, this client serializes itself in place of the input.
    expect(prediction.input).toMatchObject({ auth: KEY });
    await client.predictions.get(prediction.id);
    const everything = await setup.everything();
    expect(everything).not.toContain(KEY);
    expect(marksIn(setup)).toBe(true);
  });
});
