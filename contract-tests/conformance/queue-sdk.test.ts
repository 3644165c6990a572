import { spawnSync } from 'node:child_process';
import { createHash, webcrypto } from 'node:crypto';
import { join } from 'node:path';
import { createFalClient, type RequestMiddleware } from '@fal-ai/client';
import { afterEach, describe, expect, it } from 'vitest';
import { mockAndReceiver } from '../../fixtures/mock-and-receiver.ts';
import type { MockServer, MockServerOptions } from '../../mock-server/index.ts';

/**
 * The client of fal as published. It does not have an option for the base URL, so its requests reach the mock in the
 * two ways that it offers: a proxy that gets the URL in a header, and a middleware that changes the URL.
 */

const { startMock, receiver, closeAll } = mockAndReceiver();
afterEach(closeAll);

const MODEL = 'fal-ai/veo3/fast';
const INPUT = { prompt: 'A lighthouse in a storm' };

/** Sends what is meant for either host of the vendor to the mock. */
const sendTo =
  (base: string): RequestMiddleware =>
  async (request) => ({
    ...request,
    url: request.url.replace(/^https:\/\/(queue\.fal\.run|rest\.(alpha\.)?fal\.ai)/, base),
  });

const WAYS = {
  proxyUrl: ({ url }: MockServer) =>
    createFalClient({ credentials: 'key', proxyUrl: { url: `${url}/api/proxy`, when: 'always' } }),
  requestMiddleware: (mock: MockServer) =>
    createFalClient({ credentials: 'key', requestMiddleware: sendTo(mock.urlOf('fal')) }),
};

describe.each(Object.entries(WAYS))('@fal-ai/client with %s', (_way, connect) => {
  const open = async (options: MockServerOptions = {}) => {
    const mock = await startMock(options);
    return { mock, client: connect(mock) };
  };

  it('submits a request, follows its status, and gets a video that can be downloaded', async () => {
    const { mock, client } = await open();
    const { request_id: requestId, ...submitted } = await client.queue.submit(MODEL, { input: INPUT });
    const url = `${mock.urlOf('fal')}/fal-ai/veo3/requests/${requestId}`;
    expect(submitted).toMatchObject({
      status: 'IN_QUEUE',
      response_url: url,
      status_url: `${url}/status`,
      cancel_url: `${url}/cancel`,
    });
    expect(await client.queue.status(MODEL, { requestId })).toMatchObject({
      status: 'IN_QUEUE',
      queue_position: 0,
    });
    await mock.clock.advance('12s');
    expect(await client.queue.status(MODEL, { requestId, logs: true })).toMatchObject({
      status: 'IN_PROGRESS',
      logs: [{ level: 'INFO', source: 'USER' }],
    });
    await mock.clock.advance('2m');
    expect(await client.queue.status(MODEL, { requestId })).toMatchObject({
      status: 'COMPLETED',
      metrics: { inference_time: expect.any(Number) },
    });
    const result = await client.queue.result(MODEL, { requestId });
    expect(result).toMatchObject({
      requestId,
      data: { video: { content_type: 'video/mp4', file_size: expect.any(Number) } },
    });
    const media = await fetch(result.data.video.url);
    expect(media.headers.get('content-length')).toBe(String(result.data.video.file_size));
  });

  it('subscribes until the request has completed', async () => {
    const { client } = await open({ clock: 'polls' });
    const seen = new Set<string>();
    const result = await client.subscribe(MODEL, {
      input: INPUT,
      pollInterval: 1,
      onQueueUpdate: ({ status }) => seen.add(status),
    });
    expect([...seen]).toEqual(['IN_QUEUE', 'IN_PROGRESS', 'COMPLETED']);
    expect(result.data).toMatchObject({ video: { content_type: 'video/mp4' } });
  });

  it("gets a model error as the client's class for invalid input, with the path of the field", async () => {
    const { mock, client } = await open({ scenario: 'fail.moderation' });
    const { request_id: requestId } = await client.queue.submit(MODEL, { input: INPUT });
    await mock.clock.advance('3m');
    await expect(client.queue.result(MODEL, { requestId })).rejects.toMatchObject({
      name: 'ValidationError',
      status: 422,
      requestId,
      body: { detail: [{ loc: ['body', 'prompt'], type: 'content_policy_violation' }] },
    });
  });

  it('cancels a running request, and is refused after its end', async () => {
    const { mock, client } = await open();
    const { request_id: requestId } = await client.queue.submit(MODEL, { input: INPUT });
    await client.queue.cancel(MODEL, { requestId });
    expect(mock.tasks.get(requestId)).toMatchObject({ state: 'CANCELED', outcome: 'canceled' });
    await expect(client.queue.cancel(MODEL, { requestId })).rejects.toMatchObject({
      status: 400,
      body: { status: 'ALREADY_COMPLETED' },
    });
    const other = { requestId: 'nobody' };
    await expect(client.queue.cancel(MODEL, other)).rejects.toMatchObject({
      status: 404,
      body: { status: 'NOT_FOUND' },
    });
  });

  it('uploads a file that is served at the URL it returns, also as part of an input', async () => {
    const { mock, client } = await open();
    const file = new File([new Uint8Array([1, 2, 3, 254])], 'still.png', { type: 'image/png' });
    const url = await client.storage.upload(file);
    expect(url.startsWith(mock.urlOf('fal'))).toBe(true);
    const served = await fetch(url);
    expect(served.headers.get('content-type')).toBe('image/png');
    expect(new Uint8Array(await served.arrayBuffer())).toEqual(new Uint8Array([1, 2, 3, 254]));
    const { request_id: id } = await client.queue.submit(MODEL, {
      input: { ...INPUT, image_url: file } as never,
    });
    const sent = mock.tasks.get(id)?.plan.request as { readonly image_url?: string } | undefined;
    const again = await fetch(sent?.image_url ?? '');
    expect((await again.arrayBuffer()).byteLength).toBe(4);
  });

  it('gets the error of a wrong path that the vendor was seen to give', async () => {
    const { mock, client } = await open();
    const { request_id: id } = await client.queue.submit(MODEL, { input: INPUT });
    const answer = await fetch(`${mock.urlOf('fal')}/${MODEL}/requests/${id}/status`, {
      headers: { authorization: 'Key key' },
    });
    expect([answer.status, answer.headers.get('allow'), await answer.text()]).toEqual([405, 'POST', '']);
  });
});

describe('webhooks for @fal-ai/client', () => {
  const PYTHON = spawnSync('python3', ['-c', 'import cryptography']).status === 0;

  /** Runs a request with a webhook to its end; returns the webhook, and the key as the vendor publishes it. */
  async function webhookOf(scenario: string) {
    const mock = await startMock({ scenario });
    const hook = await receiver();
    const client = WAYS.proxyUrl(mock);
    const { request_id: id } = await client.queue.submit(MODEL, { input: INPUT, webhookUrl: hook.url });
    await mock.clock.advance('3m');
    const jwks = await fetch(`${mock.urlOf('fal')}/.well-known/jwks.json`);
    const { keys } = (await jwks.json()) as { readonly keys: readonly webcrypto.JsonWebKey[] };
    const [post] = hook.posts;
    const [jwk] = keys;
    if (jwk === undefined) throw new Error('no key is published');
    if (post === undefined) throw new Error('the webhook was not sent');
    const { headers, body } = post;
    const header = (name: string) => String(headers[`x-fal-webhook-${name}`]);
    const digest = createHash('sha256').update(body).digest('hex');
    const parts = [header('request-id'), header('user-id'), header('timestamp'), digest];
    return { id, body, jwk, text: parts.join('\n'), signature: header('signature'), header };
  }

  async function isValid(jwk: webcrypto.JsonWebKey, signature: string, text: string): Promise<boolean> {
    const key = await webcrypto.subtle.importKey('jwk', jwk, { name: 'Ed25519' }, false, ['verify']);
    return webcrypto.subtle.verify('Ed25519', key, Buffer.from(signature, 'hex'), Buffer.from(text));
  }

  it('are signed with the published key, and with no other text or key', async () => {
    const { id, body, jwk, text, signature, header } = await webhookOf('success');
    expect(JSON.parse(body)).toMatchObject({ request_id: id, status: 'OK', payload: { video: {} } });
    expect(header('request-id')).toBe(id);
    expect(header('timestamp')).toMatch(/^\d{10}$/);
    expect(await isValid(jwk, signature, text)).toBe(true);
    expect(await isValid(jwk, signature, `${text} `)).toBe(false);
    const other = await webcrypto.subtle.generateKey({ name: 'Ed25519' }, true, ['sign', 'verify']);
    expect(await isValid(await exported(other), signature, text)).toBe(false);
  });

  it.runIf(PYTHON)('are valid for an Ed25519 implementation in Python', async () => {
    const { jwk, text, signature } = await webhookOf('success');
    const inPython = (changed: string): string =>
      spawnSync('python3', [join(import.meta.dirname, '../../fixtures/signatures/verify_signature.py')], {
        input: JSON.stringify({ algorithm: 'ed25519', encoding: 'hex', signature, text: changed, jwk }),
        encoding: 'utf8',
      }).stdout.trim();
    expect([inPython(text), inPython(`${text}0`)]).toEqual(['valid', 'invalid']);
  });

  it.each([
    ['fail.moderation', 'Invalid status code: 422', [{ type: 'content_policy_violation' }]],
    ['fail.timeout', 'Invalid status code: 504', 'Request timed out'],
  ])('report %s with the error of the result', async (scenario, error, detail) => {
    const { body } = await webhookOf(scenario);
    expect(JSON.parse(body)).toMatchObject({ status: 'ERROR', error, payload: { detail } });
  });
});

async function exported(pair: unknown): Promise<webcrypto.JsonWebKey> {
  return webcrypto.subtle.exportKey('jwk', (pair as webcrypto.CryptoKeyPair).publicKey);
}
