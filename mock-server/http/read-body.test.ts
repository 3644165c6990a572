import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import express, { type RequestHandler } from 'express';
import { afterEach, describe, expect, it } from 'vitest';
import { GENERATE } from '../../fixtures/clients/runway-calls.ts';
import { createMockServer } from '../index.ts';
import { BODY_LIMIT } from './read-body.ts';

const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close().closeAllConnections();
});

/** Submits a request to an app that mounts the mock behind a body parser. */
async function submitBehind(parser: RequestHandler, body: string | Buffer, headers: object = {}) {
  const app = express().use(parser, createMockServer({ clock: 'virtual' }).handler);
  const server = createServer(app);
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}/api/v1/runway/generate`, {
    method: 'POST',
    headers: { authorization: 'Bearer k', 'content-type': 'application/json', ...headers },
    body,
  });
  return (await response.json()) as { code: number; msg: string };
}

const good = JSON.stringify(GENERATE);
const everything = { type: () => true, limit: '4mb' };

describe('a body that a parser in front of the mock has read', () => {
  it.each([
    ['as JSON', express.json()],
    ['as bytes', express.raw(everything)],
    ['as text', express.text(everything)],
  ])('is used: %s', async (_title, parser) => {
    expect(await submitBehind(parser, good)).toMatchObject({ code: 200 });
  });

  it('is not treated as compressed after the parser has decompressed it', async () => {
    const headers = { 'content-encoding': 'gzip' };
    expect(await submitBehind(express.json(), gzipSync(good), headers)).toMatchObject({ code: 200 });
  });

  it.each([
    ['bytes', express.raw(everything)],
    ['text', express.text(everything)],
    ['JSON', express.json(everything)],
  ])('has the same limit: %s', async (_title, parser) => {
    const large = JSON.stringify({ ...GENERATE, prompt: 'x'.repeat(BODY_LIMIT) });
    expect(await submitBehind(parser, large)).toEqual({
      code: 422,
      msg: 'the body exceeds the limit of 1048576 bytes',
    });
  });

  it('must be UTF-8 without duplicate keys if it is bytes', async () => {
    const raw = express.raw(everything);
    const latin1 = Buffer.from(JSON.stringify({ ...GENERATE, prompt: 'caf\u00e9' }), 'latin1');
    expect((await submitBehind(raw, latin1)).msg).toMatch(/^the body is not valid UTF-8$/);
    expect((await submitBehind(raw, '{"prompt":1,"prompt":2}')).msg).toMatch(
      /^duplicate key "prompt" in an object of the body$/,
    );
  });

  it('counts as empty if the parser discarded it', async () => {
    const swallow: RequestHandler = (request, _response, next) => {
      request.resume().on('end', () => next());
    };
    expect((await submitBehind(swallow, good)).msg).toBe('the body must be a JSON object');
  });
});
