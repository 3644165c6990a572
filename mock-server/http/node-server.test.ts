import { readFileSync } from 'node:fs';
import type { RequestListener, Server } from 'node:http';
import { type AddressInfo, type Socket, connect as tcpConnect } from 'node:net';
import { join } from 'node:path';
import { connect as tlsConnect } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import {
  openRawConnection,
  type RawAnswer,
  type RawConnection,
} from '../../fixtures/clients/raw-connection.ts';
import { PACKAGE_ROOT } from '../packs/package-root.ts';
import { CONNECTION_LIMITS, type ConnectionLimits, createNodeServer, cutConnections } from './node-server.ts';

const open: { destroy(): void }[] = [];
afterEach(() => {
  for (const thing of open.splice(0)) thing.destroy();
});

interface Listening {
  readonly server: Server;
  connect(): RawConnection;
}

const echo: RequestListener = (request, response) => {
  request.on('error', () => undefined);
  request.resume().on('end', () => response.end(`${request.method} ${request.url}`));
};

async function listen(
  listener: RequestListener = echo,
  limits: Partial<ConnectionLimits> = {},
): Promise<Listening> {
  const server = createNodeServer(listener, undefined, limits);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({ destroy: () => server.close().closeAllConnections() });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    server,
    connect() {
      const connection = openRawConnection(url);
      open.push(connection);
      return connection;
    },
  };
}

function problemOf({ headers, body }: RawAnswer): unknown {
  expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  expect(headers.get('connection')).toBe('close');
  return JSON.parse(body.toString('utf8'));
}

async function expectOthersAreServed({ connect }: Listening): Promise<void> {
  const connection = connect();
  connection.send('GET /well HTTP/1.1\r\nHost: x\r\n\r\n');
  expect((await connection.answer()).body.toString()).toBe('GET /well');
  connection.destroy();
}

describe('a request without exactly one Host header', () => {
  it.each([
    ['Host: x', 'Host: x'],
    ['Host: 127.0.0.1', 'Host: rebound.example'],
    ['Host: x', 'hOST: y', 'HOST: z'],
  ])('is rejected: %s, %s', async (...lines) => {
    const listening = await listen();
    const connection = listening.connect();
    connection.send(`GET / HTTP/1.1\r\n${lines.join('\r\nAccept: a\r\n')}\r\n\r\n`);
    const answer = await connection.answer();
    expect(answer.status).toBe(400);
    expect(problemOf(answer)).toMatchObject({ code: 'BAD_REQUEST', detail: expect.stringMatching(/Host/) });
    await expectOthersAreServed(listening);
  });

  it('is rejected if it has none', async () => {
    const connection = (await listen()).connect();
    connection.send('GET / HTTP/1.1\r\nAccept: a\r\n\r\n');
    expect((await connection.answer()).status).toBe(400);
  });
});

describe('invalid HTTP', () => {
  const HEAD = 'POST / HTTP/1.1\r\nHost: x\r\n';
  it.each<[string, string | Buffer, number, RegExp]>([
    ['text that is not HTTP', 'hello\r\n\r\n', 400, /Invalid method/],
    ['an unknown method', 'BREW /pot HTTP/1.1\r\nHost: x\r\n\r\n', 400, /Invalid method/],
    ['an unsupported version', 'GET / HTTP/4.2\r\nHost: x\r\n\r\n', 400, /Invalid HTTP version/],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400, /HTTP/],
    ['a TLS handshake', Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01]), 400, /Invalid method/],
    ['a path with a control character', 'GET /\u0001 HTTP/1.1\r\nHost: x\r\n\r\n', 400, /url/],
    ['a header without a name', 'GET / HTTP/1.1\r\n: x\r\n\r\n', 400, /header/],
    ['a header with a control character', 'GET / HTTP/1.1\r\nHost: x\u0001\r\n\r\n', 400, /header/],
    ['a bare line feed in a header', 'GET / HTTP/1.1\r\nHost: x\n\nGET / HTTP/1.1\r\n\r\n', 400, /./],
    [
      'two different lengths',
      `${HEAD}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`,
      400,
      /Content-Length/,
    ],
    [
      'both a length and chunks',
      `${HEAD}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      400,
      /./,
    ],
    ['an invalid length', `${HEAD}Content-Length: many\r\n\r\n`, 400, /Content-Length/],
    ['a negative length', `${HEAD}Content-Length: -1\r\n\r\n`, 400, /Content-Length/],
    [
      'a transfer encoding without an end',
      `${HEAD}Transfer-Encoding: gzip\r\n\r\nx`,
      400,
      /Transfer-Encoding/,
    ],
    ['a chunk without a size', `${HEAD}Transfer-Encoding: chunked\r\n\r\nmany\r\n`, 400, /chunk size/],
    ['a chunk longer than its size', `${HEAD}Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n`, 400, /chunk/],
    [
      'endless chunk extensions',
      `${HEAD}Transfer-Encoding: chunked\r\n\r\n1;${'x'.repeat(20_000)}`,
      413,
      /extensions/,
    ],
    [
      'headers above the limit',
      `${HEAD}X: ${'x'.repeat(CONNECTION_LIMITS.maxHeaderSize)}\r\n\r\n`,
      431,
      /too long/,
    ],
    [
      'a path above the limit',
      `GET /${'x'.repeat(CONNECTION_LIMITS.maxHeaderSize)} HTTP/1.1\r\n\r\n`,
      431,
      /too long/,
    ],
    ['a CONNECT request', 'CONNECT example.org:443 HTTP/1.1\r\nHost: x\r\n\r\n', 405, /not a proxy/],
  ])(
    'is answered with problem details and closes the connection: %s',
    async (_title, bytes, status, detail) => {
      const listening = await listen();
      const connection = listening.connect();
      connection.send(bytes);
      const answer = await connection.answer();
      expect(answer.status).toBe(status);
      expect(problemOf(answer)).toEqual({
        type: 'urn:stuntdouble:BAD_REQUEST',
        code: 'BAD_REQUEST',
        status,
        title: 'The request is not valid.',
        detail: expect.stringMatching(detail),
      });
      await connection.closed;
      await expectOthersAreServed(listening);
    },
  );

  it.each([
    ['without a Host', 'GET / HTTP/1.1\r\n\r\n', 400],
    ['with an unknown expectation', 'GET / HTTP/1.1\r\nHost: x\r\nExpect: miracles\r\n\r\n', 417],
  ])('a request %s is rejected by Node with a well-formed answer', async (_title, bytes, status) => {
    const { connect } = await listen();
    const connection = connect();
    connection.send(bytes);
    expect((await connection.answer()).status).toBe(status);
  });

  it('is answered once, and the answer arrives, however long it is', async () => {
    const { connect } = await listen();
    const connection = connect();
    connection.send(Buffer.alloc(3_000_000, 1));
    const answers = await connection.finish();
    expect(answers.map(({ status }) => status)).toEqual([400]);
  });

  it('after valid requests is answered after them', async () => {
    const { connect } = await listen();
    const connection = connect();
    connection.send(`${'GET /good HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(3)}rubbish`);
    const answers = [await connection.answer(), await connection.answer(), await connection.answer()];
    expect(answers.map(({ body }) => body.toString())).toEqual(['GET /good', 'GET /good', 'GET /good']);
    expect((await connection.answer()).status).toBe(400);
    await connection.closed;
  });

  it('during an unfinished answer closes the connection, because the two must not mix', async () => {
    let begun = (): void => undefined;
    const beginning = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const { connect } = await listen((_request, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('the first half', begun);
    });
    const connection = connect();
    connection.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await beginning;
    connection.send('rubbish\r\n\r\n');
    await expect(connection.answer()).rejects.toThrow(/the first half"$/);
  });

  it('leaves no connection open', async () => {
    const { server, connect } = await listen();
    const gone = new Promise<void>((resolve) => {
      server.once('connection', (socket) => socket.once('close', () => resolve()));
    });
    const connection = connect();
    connection.send('rubbish\r\n\r\n');
    await connection.answer();
    await gone;
  });
});

describe('a slow client', () => {
  const SHORT_LIMITS = { headersTimeout: 30, requestTimeout: 60, connectionsCheckingInterval: 10 };

  it.each([
    ['sends nothing', ''],
    ['sends half of the headers', 'GET / HTTP/1.1\r\nHos'],
    ['sends half of the body', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhal'],
    ['sends half of a chunk', 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhal\r\n'],
  ])('gets 408 and a closed connection if it %s', async (_title, bytes) => {
    const listening = await listen(echo, SHORT_LIMITS);
    const connection = listening.connect();
    connection.send(bytes);
    const answer = await connection.answer();
    expect(answer.status).toBe(408);
    expect(problemOf(answer)).toMatchObject({ detail: 'The request did not arrive in time.' });
    await connection.closed;
    await expectOthersAreServed(listening);
  });

  it('is disconnected without an answer if it is idle between requests', async () => {
    const { connect } = await listen(echo, { keepAliveTimeout: 1 });
    const connection = connect();
    connection.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    expect((await connection.answer()).headers.get('connection')).toBe('keep-alive');
    await connection.closed;
    await expect(connection.answer()).rejects.toThrow('ended after nothing');
  });

  it('may wait for an answer longer than it may take to send a request', async () => {
    const waiting: (() => void)[] = [];
    const { connect } = await listen((_request, response) => {
      waiting.push(() => response.end('answered'));
    }, SHORT_LIMITS);
    const patient = connect();
    patient.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    const late = connect();
    await late.answer();
    for (const answer of waiting) answer();
    expect((await patient.answer()).body.toString()).toBe('answered');
  });
});

describe('over TLS', () => {
  const PEM = readFileSync(join(PACKAGE_ROOT, 'fixtures/receivers/localhost.pem'), 'utf8');

  let server: Server;

  async function listenWithTls(): Promise<number> {
    server = createNodeServer(echo, { cert: PEM, key: PEM });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    open.push({ destroy: () => server.close().closeAllConnections() });
    return (server.address() as AddressInfo).port;
  }

  /** Returns everything that the server sends until the connection closes. */
  function exchange(socket: Socket, bytes: string): Promise<string> {
    open.push(socket);
    return new Promise((resolve) => {
      let text = '';
      socket.setEncoding('latin1').on('data', (chunk: string) => {
        text += chunk;
      });
      // A reset also ends the connection.
      socket.on('error', () => undefined).on('close', () => resolve(text));
      socket.write(bytes);
    });
  }

  const GOOD = 'GET /well HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
  const dial = (port: number) => tlsConnect({ port, host: '127.0.0.1', ca: PEM, servername: 'localhost' });

  it('valid and invalid requests are answered as without TLS', async () => {
    const port = await listenWithTls();
    expect(await exchange(dial(port), GOOD)).toMatch(/^HTTP\/1\.1 200 OK\r\n.*GET \/well/s);
    expect(await exchange(dial(port), 'rubbish\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
  });

  it('a connection during its handshake is closed with the others', async () => {
    const port = await listenWithTls();
    const socket = tcpConnect({ port, host: '127.0.0.1' });
    await new Promise((resolve) => server.once('connection', resolve));
    const closed = new Promise((resolve) => socket.on('close', resolve).on('error', () => undefined));
    const ended = new Promise((resolve) => server.close(resolve));
    cutConnections(server);
    await Promise.all([closed, ended]);
  });

  it('a client without TLS is disconnected, and others are served', async () => {
    const port = await listenWithTls();
    expect(await exchange(tcpConnect({ port, host: '127.0.0.1' }), GOOD)).not.toContain('GET /well');
    expect(await exchange(dial(port), GOOD)).toContain('GET /well');
  });
});

describe('createNodeServer', () => {
  it('keeps idle connections longer than clients pause between polls', () => {
    const { headersTimeout, requestTimeout, keepAliveTimeout } = CONNECTION_LIMITS;
    const server = createNodeServer(echo);
    expect(server).toMatchObject({ headersTimeout, requestTimeout, keepAliveTimeout });
    expect(keepAliveTimeout).toBeGreaterThan(60_000);
  });
});
