import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createSocketServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { judgeReceiver } from './judge-receiver.ts';

const open: { close(): unknown }[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

async function listen(server: Server | ReturnType<typeof createSocketServer>): Promise<number> {
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const judge = (url: string, only?: string[]) =>
  judgeReceiver({
    url,
    event: 'runway.generate',
    ackTimeout: '500ms',
    settle: '50ms',
    ...(only === undefined ? {} : { only }),
  });

/** What nobody can be judged by is said with what to do, and ends the command with 3. */
const unreachable = (message: RegExp, remedy: RegExp) => ({
  code: 'RECEIVER_UNREACHABLE',
  message: expect.stringMatching(message),
  remedy: expect.stringMatching(remedy),
});

describe('a receiver that cannot be judged', () => {
  it('is down', async () => {
    const server = createServer();
    const port = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    await expect(judge(`http://127.0.0.1:${port}/callback`)).rejects.toMatchObject(
      unreachable(/ECONNREFUSED/, /start the receiver first/),
    );
  });

  it.each([404, 405, 501])('answers an HTML page with HTTP %i', async (status) => {
    const page = createServer((request, response) => {
      request.resume();
      response.writeHead(status, { 'content-type': 'text/html' }).end('<h1>Not here</h1>');
    });
    const port = await listen(page);
    await expect(judge(`http://127.0.0.1:${port}/`)).rejects.toMatchObject(
      unreachable(new RegExp(`HTTP ${status}`), /path included/),
    );
  });

  it('speaks TLS with a certificate that nobody vouches for', async () => {
    const pem = readFileSync(join(import.meta.dirname, '../../fixtures/receivers/localhost.pem'));
    const port = await listen(
      createTlsServer({ cert: pem, key: pem }, (_request, response) => response.end()),
    );
    await expect(judge(`https://127.0.0.1:${port}/callback`)).rejects.toMatchObject(
      unreachable(/./, /NODE_EXTRA_CA_CERTS/),
    );
  });

  it('breaks the connection in the middle', async () => {
    const port = await listen(
      createSocketServer((socket) => socket.on('data', () => socket.resetAndDestroy())),
    );
    await expect(judge(`http://127.0.0.1:${port}/callback`)).rejects.toMatchObject(
      unreachable(/./, /look at its log/),
    );
  });

  it('has no address', async () => {
    await expect(judge('http://receiver.invalid/callback')).rejects.toMatchObject(
      unreachable(/./, /how it is spelled/),
    );
  });

  it.each(['callback', 'ftp://127.0.0.1/', ''])('has no URL: "%s"', async (url) => {
    await expect(judge(url)).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  });

  it('is asked for an event or a case that there is not', async () => {
    await expect(
      judgeReceiver({ url: 'http://127.0.0.1:9/', event: 'runway.generat' }),
    ).rejects.toMatchObject({
      code: 'EVENT_UNKNOWN',
      remedy: expect.stringContaining('runway.generate'),
    });
    await expect(judge('http://127.0.0.1:9/', ['RCV-IDM-99'])).rejects.toMatchObject({
      code: 'CASE_UNKNOWN',
      remedy: expect.stringContaining('RCV-IDM-0'),
    });
  });
});

describe('a receiver that is there and wrong', () => {
  it('redirects, which is judged and not followed', async () => {
    const server = createServer((request, response) => {
      request.resume();
      response.writeHead(301, { location: 'https://example.com/' }).end();
    });
    const { cases } = await judge(`http://127.0.0.1:${await listen(server)}/callback`, ['RCV-ACK-04']);
    expect(cases[0]).toMatchObject({
      status: 'failed',
      verdicts: { ack: { actual: expect.stringContaining('redirects are not followed') } },
    });
  });

  it('never answers: every case ends with the ack timeout', async () => {
    const server = createServer((request) => request.resume());
    const port = await listen(server);
    const { cases, durationMs } = await judge(`http://127.0.0.1:${port}/callback`, ['RCV-ACK', 'RCV-TIM-01']);
    expect(cases.map(({ status }) => status)).toEqual([
      'failed',
      'failed',
      'failed',
      'failed',
      'failed',
      'failed',
    ]);
    expect(durationMs).toBeLessThan(5000);
    server.closeAllConnections();
  });
});
