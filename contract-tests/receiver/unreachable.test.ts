import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createSocketServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { asFlag } from '../name-option.ts';
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
  judgeReceiver(
    {
      url,
      event: 'runway.generate',
      ackTimeout: '500ms',
      settle: '50ms',
      ...(only === undefined ? {} : { only }),
    },
    asFlag,
  );

/** Returns the expected error for a receiver that cannot be judged. */
const unreachable = (message: RegExp, remedy: RegExp) => ({
  code: 'RECEIVER_UNREACHABLE',
  message: expect.stringMatching(message),
  remedy: expect.stringMatching(remedy),
});

describe('a receiver that cannot be judged', () => {
  it('is reported when it is down', async () => {
    const server = createServer();
    const port = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    await expect(judge(`http://127.0.0.1:${port}/callback`)).rejects.toMatchObject(
      unreachable(/ECONNREFUSED/, /Start the receiver first/),
    );
  });

  it('is reported when its TLS certificate is not trusted', async () => {
    const pem = readFileSync(join(import.meta.dirname, '../../fixtures/receivers/localhost.pem'));
    const port = await listen(
      createTlsServer({ cert: pem, key: pem }, (_request, response) => response.end()),
    );
    await expect(judge(`https://127.0.0.1:${port}/callback`)).rejects.toMatchObject(
      unreachable(/./, /NODE_EXTRA_CA_CERTS/),
    );
  });

  it('is reported when it resets the connection', async () => {
    const port = await listen(
      createSocketServer((socket) => socket.on('data', () => socket.resetAndDestroy())),
    );
    await expect(judge(`http://127.0.0.1:${port}/callback`)).rejects.toMatchObject(
      unreachable(/./, /Check the log of the receiver/),
    );
  });

  it('is reported when its host name does not resolve', async () => {
    await expect(judge('http://receiver.invalid/callback')).rejects.toMatchObject(
      unreachable(/./, /Check the spelling/),
    );
  });

  it.each(['callback', 'ftp://127.0.0.1/', ''])('is rejected when its URL is invalid: "%s"', async (url) => {
    await expect(judge(url)).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  });

  it('is not called for an unknown event or case', async () => {
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

/** Starts a receiver that answers every request in the same way. */
async function answering(status: number, headers: Record<string, string>, body: string): Promise<string> {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(status, headers).end(body);
  });
  return `http://127.0.0.1:${await listen(server)}/callback`;
}

describe('a first callback that is not acknowledged', () => {
  it.each([
    [401, /--secret/],
    [403, /--secret.*--header/],
    [404, /including its path.*--submit/],
    [405, /accepts POST/],
    [410, /including its path/],
    [419, /CSRF/],
    [429, /rate limiting/],
    [501, /accepts POST/],
  ])('with HTTP %i is reported in one headline', async (status, remedy) => {
    const url = await answering(status, {}, 'a message of the receiver');
    const report = await judge(url);
    expect(report.headlines).toHaveLength(1);
    expect(report.headlines[0]?.text).toBe(
      `The first valid callback, to ${url}, was answered with HTTP ${status} (body: "a message of the receiver").`,
    );
    expect(report.headlines[0]?.remedy).toMatch(remedy);
    expect(report.inconclusive).not.toBeNull();
    expect(report.summary).toMatchObject({ failed: 0, passed: 0 });
  });

  it.each([
    [302, { location: 'https://example.com/login' }, 'RCV-ACK-04', /Location: https:\/\/example\.com\/login/],
    [500, {}, 'RCV-ACK-01', /HTTP 500/],
    [400, {}, 'RCV-ACK-01', /HTTP 400/],
  ])('with HTTP %i fails exactly one case', async (status, headers, id, text) => {
    const report = await judge(await answering(status, headers, 'no'));
    expect(report.headlines.map((headline) => headline.text)).toEqual([expect.stringMatching(text)]);
    expect(report.inconclusive).toBeNull();
    expect(report.cases.filter((one) => one.status === 'failed').map((one) => one.id)).toEqual([id]);
    expect(report.summary).toMatchObject({ failed: 1, mustFailed: 1, passed: 0 });
  });

  it('is repeated once, and the second answer counts', async () => {
    let n = 0;
    const server = createServer((request, response) => {
      request.resume();
      n += 1;
      response.writeHead(n === 1 ? 503 : 200).end();
    });
    const report = await judge(`http://127.0.0.1:${await listen(server)}/callback`, ['RCV-ACK-01']);
    expect(report.cases.map(({ status }) => status)).toEqual(['passed']);
  });

  it('because of timeouts ends the run after two callbacks', async () => {
    let posts = 0;
    const server = createServer((request) => {
      posts += 1;
      request.resume();
    });
    const { cases, headlines } = await judge(`http://127.0.0.1:${await listen(server)}/callback`);
    expect(headlines.map(({ text }) => text)).toEqual([
      expect.stringMatching(/first two callbacks timed out: .* from http:/),
    ]);
    expect(cases.filter(({ status }) => status === 'failed').map(({ id }) => id)).toEqual(['RCV-ACK-01']);
    expect(posts).toBe(2);
    server.closeAllConnections();
  });
});

describe('a receiver that stops during a run', () => {
  const dying = (isLast: (body: string) => boolean, die: (server: Server) => void): Server => {
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (piece) => {
        body += piece;
      });
      request.on('end', () => {
        if (isLast(body)) die(server);
        else response.end('ok');
      });
    });
    return server;
  };

  it('is reported with the case in which it stopped listening', async () => {
    const server = dying(
      (body) => body.includes('"data":null'),
      (self) => {
        self.close();
        self.closeAllConnections();
      },
    );
    const report = await judge(`http://127.0.0.1:${await listen(server)}/callback`, [
      'RCV-ENV-05',
      'RCV-TIM-04',
    ]);
    const [missing, many] = ['RCV-ENV-05', 'RCV-TIM-04'].map((id) =>
      report.cases.find((one) => one.id === id),
    );
    expect(report.headlines.map(({ text }) => text)).toContainEqual(
      expect.stringMatching(/stopped listening during RCV-ENV-05/),
    );
    expect(missing?.status).toBe('failed');
    // This case ran before it stopped, and alone.
    expect(many?.verdicts.ack?.status).toBe('passed');
  });

  it('ends the run after two consecutive timeouts', async () => {
    let isSilent = false;
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (piece) => {
        body += piece;
      });
      request.on('end', () => {
        isSilent ||= body.includes('"data":null');
        if (!isSilent) response.end('ok');
      });
    });
    const only = ['RCV-ENV-05', 'RCV-ENV-08', 'RCV-SEC-04', 'RCV-TIM-01', 'RCV-TIM-02'];
    const report = await judge(`http://127.0.0.1:${await listen(server)}/callback`, only);
    expect(report.headlines.map(({ text }) => text)).toContainEqual(
      expect.stringMatching(/stopped answering.*timed out/),
    );
    const after = report.cases.filter(({ id }) => id.startsWith('RCV-TIM'));
    expect(after.map(({ verdicts }) => verdicts.ack?.actual)).toEqual([
      expect.stringMatching(/^Not run: /),
      expect.stringMatching(/^Not run: /),
    ]);
    server.closeAllConnections();
  });
});

describe('headers for a gateway', () => {
  it('are sent with each callback', async () => {
    const seen: unknown[] = [];
    const server = createServer((request, response) => {
      request.resume();
      seen.push(request.headers['x-gateway-key']);
      response.writeHead(request.headers['x-gateway-key'] === 'abc' ? 200 : 401).end();
    });
    const report = await judgeReceiver({
      url: `http://127.0.0.1:${await listen(server)}/callback`,
      event: 'runway.generate',
      headers: { 'x-gateway-key': 'abc' },
      settle: '50ms',
      only: ['RCV-ACK'],
    });
    expect(report.cases.map(({ status }) => status)).toEqual([
      'passed',
      'passed',
      'passed',
      'passed',
      'passed',
      'not-applicable',
    ]);
    expect(new Set(seen)).toEqual(new Set(['abc']));
    expect(report.cases[0]?.replay).toContain('--header');
    expect(report.cases[0]?.replay).not.toContain('abc');
  });
});
