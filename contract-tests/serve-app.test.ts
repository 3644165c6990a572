import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import { afterEach, describe, expect, it } from 'vitest';
import type { App } from './app-under-test.ts';
import { type ServedApp, serveApp } from './serve-app.ts';

/** Koa has no types. */
interface KoaApp {
  use(middleware: (context: KoaContext) => Promise<void>): void;
  callback(): (request: IncomingMessage, response: ServerResponse) => void;
}
interface KoaContext {
  readonly path: string;
  readonly req: IncomingMessage;
  status: number;
  body: unknown;
}
const Koa = createRequire(import.meta.url)('koa') as new () => KoaApp;

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0)) await step();
});

async function serve(app: unknown, errors: unknown[] = []): Promise<ServedApp> {
  // Users without types can pass any value.
  const served = await serveApp(app as App, { onError: (error) => errors.push(error) });
  undo.push(() => served.close());
  return served;
}

async function post({ origin }: ServedApp, body = '{"id":"é😀"}'): Promise<[number, string]> {
  const response = await fetch(`${origin}/hook?job=4`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-job': '42' },
    body,
  });
  return [response.status, await response.text()];
}

async function readText(request: IncomingMessage): Promise<string> {
  let text = '';
  request.setEncoding('utf8');
  for await (const chunk of request) text += chunk;
  return text;
}

/** Each answers 202 with the id in the body, and the header and path of the request. */
function expressApp() {
  const app = express();
  app.post('/hook', express.json(), (request, response) => {
    response.status(202).send(`${request.body.id} ${request.get('x-job')} ${request.url}`);
  });
  return app;
}

async function listener(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { id } = JSON.parse(await readText(request));
  response.writeHead(202).end(`${id} ${request.headers['x-job']} ${request.url}`);
}

function fastifyApp() {
  const app = fastify();
  // A plugin that is available only when the instance is ready.
  app.register(async (scope) => {
    scope.post('/hook', async (request, reply) => {
      const { id } = request.body as { readonly id: string };
      return reply.code(202).send(`${id} ${request.headers['x-job']} ${request.url}`);
    });
  });
  return app;
}

function koaApp() {
  const app = new Koa();
  app.use(async (context) => {
    const { id } = JSON.parse(await readText(context.req));
    context.status = 202;
    context.body = `${id} ${context.req.headers['x-job']} ${context.req.url}`;
  });
  return app;
}

async function fetchHandler(request: Request): Promise<Response> {
  const { id } = (await request.json()) as { readonly id: string };
  const { pathname, search } = new URL(request.url);
  return new Response(`${id} ${request.headers.get('x-job')} ${pathname}${search}`, { status: 202 });
}

function honoApp() {
  const app = new Hono();
  app.post('/hook', (context) => fetchHandler(context.req.raw));
  return app;
}

/** An app like those of NestFactory.create, reduced to what matters here: its routes exist after init. */
function nestApp() {
  const instance = express();
  return {
    init: async () => void instance.use(expressApp()),
    getHttpAdapter: () => ({ getInstance: () => instance }),
  };
}

const KINDS: readonly (readonly [string, () => unknown])[] = [
  ['an Express app', expressApp],
  ['a node:http listener', () => listener],
  ['a node:http server', () => createServer(listener)],
  ['a Fastify instance', fastifyApp],
  ['a Koa app', koaApp],
  ["a Koa app's callback()", () => koaApp().callback()],
  ['a Hono app', honoApp],
  ['a NestJS application', nestApp],
  ['a fetch handler', () => fetchHandler],
  ['a fetch handler with a context', () => (request: Request, _env: unknown) => fetchHandler(request)],
  [
    'a fetch handler with a context that reads a header first',
    () => (request: Request, _env: unknown) => {
      request.headers.get('x-job');
      return fetchHandler(request);
    },
  ],
  ['an object with fetch', () => ({ fetch: fetchHandler })],
  ['a function that builds an Express app', () => expressApp],
  ['a promise of an Express app', () => Promise.resolve(expressApp())],
  ['an async function that builds a Fastify instance', () => async () => fastifyApp()],
];

describe('an app in this process', () => {
  it.each(KINDS)('can be %s', async (_kind, make) => {
    const served = await serve(make());
    for (let n = 0; n < 3; n += 1) expect(await post(served)).toEqual([202, 'é😀 42 /hook?job=4']);
    expect(served.misfit()).toBeNull();
  });

  it('may ignore the request', async () => {
    const served = await serve(
      () =>
        new Response('fine', {
          headers: [
            ['set-cookie', 'a=1'],
            ['set-cookie', 'b=2'],
          ],
        }),
    );
    const response = await fetch(served.origin);
    expect([await response.text(), response.headers.getSetCookie()]).toEqual(['fine', ['a=1', 'b=2']]);
  });

  it('is called once per request, even while its style is being determined', async () => {
    let calls = 0;
    const served = await serve((request: IncomingMessage, response: ServerResponse) => {
      calls += 1;
      return listener(request, response);
    });
    await Promise.all([post(served), post(served), post(served)]);
    expect(calls).toBe(3);
  });
});

describe('a value that is not an app', () => {
  it.each([
    ['nothing', undefined, 'undefined'],
    ['a string', 'app.ts', 'the string "app.ts"'],
    ['a module', { app: 1, other: 2 }, 'an object with the keys app, other'],
    ['a promise of another value', Promise.resolve(1), 'the number 1'],
    ['a function that returns nothing', () => undefined, 'a function that returned undefined'],
  ])('is rejected with the list of supported apps: %s', async (_kind, app, what) => {
    const error = await serve(app).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TypeError);
    expect((error as Error).message).toContain(`The app is ${what}, which cannot be served.`);
    for (const kind of ['Express', 'node:http', 'Fastify', 'Koa', 'Hono', '(request) => Response']) {
      expect((error as Error).message).toContain(kind);
    }
  });

  it.each([
    ['one parameter', (event: unknown) => ({ seen: event !== undefined })],
    ['two parameters', (_event: unknown, _context: unknown) => ({ statusCode: 200, body: 'ok' })],
  ])('answers 500 and is recorded when it returns another value for %s', async (_kind, app) => {
    const served = await serve(app);
    const [status, text] = await post(served);
    expect(status).toBe(500);
    expect(text).toContain('The app returned an object with the keys');
    expect(served.misfit()?.message).toBe(text);
  });

  it('reports why a function that builds the app failed', async () => {
    const make = async () => Promise.reject(new Error('no database'));
    await expect(serve(make)).rejects.toThrow('The function passed as "app" failed: no database');
  });
});

describe('an error that a framework turns into an answer', () => {
  it('is reported and answered with 500', async () => {
    const app = express();
    app.post('/hook', () => {
      throw new Error('boom');
    });
    const errors: unknown[] = [];
    expect(await post(await serve(app, errors))).toEqual([500, 'boom']);
    expect(errors).toMatchObject([{ message: 'boom' }]);
  });

  it('is not reported when it means that the request was rejected', async () => {
    const errors: unknown[] = [];
    const served = await serve(expressApp(), errors);
    expect((await post(served, '{'))[0]).toBe(400);
    expect((await fetch(`${served.origin}/elsewhere`)).status).toBe(404);
    expect(errors).toEqual([]);
  });

  it('is reported for a fetch handler that throws', async () => {
    const errors: unknown[] = [];
    const served = await serve(async (request: Request) => fetchHandler(request), errors);
    expect((await post(served, 'not JSON'))[0]).toBe(500);
    expect(errors).toMatchObject([{ name: 'SyntaxError' }]);
  });
});
