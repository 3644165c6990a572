import { lookup } from 'node:dns/promises';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { HANG_LIMIT_MS } from '../../fixtures/hang-limit.ts';
import { settledHeap } from '../../fixtures/load/settled-heap.ts';
import { type DeafReceiver, openDeafReceiver } from '../../fixtures/receivers/open-deaf-receiver.ts';
import { openReceiverFarm } from '../../fixtures/receivers/open-receiver-farm.ts';
import {
  openReceiver,
  type Reaction,
  type ScriptedReceiver,
} from '../../fixtures/receivers/scripted-receiver.ts';
import { type Courier, createCourier } from './courier.ts';
import type { AttemptResult, OutgoingCallback } from './post-callback.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0)) await thing.close();
});

function courier(ca?: string) {
  const made = createCourier({ allow: [], ...(ca === undefined ? {} : { ca }) });
  open.push(made);
  return made;
}

async function receiver(...script: Reaction[]): Promise<ScriptedReceiver> {
  const made = await openReceiver(...script);
  open.push(made);
  return made;
}

function callbackWith(change: Partial<OutgoingCallback> = {}): OutgoingCallback {
  return {
    headers: { 'content-type': 'application/json' },
    body: '{"code":200}',
    ackTimeoutMs: 5000,
    ackStatus: '200',
    flaw: null,
    ...change,
  };
}

async function post(
  sender: Courier,
  url: string,
  change: Partial<OutgoingCallback> = {},
): Promise<AttemptResult> {
  const result = await sender.post(url, () => callbackWith(change));
  if (result === null) throw new Error('nothing was sent');
  return result;
}

const LOCALHOST_IS_IPV6 = (await lookup('localhost', { all: true })).some(({ family }) => family === 6);
const HAS_IPV6 = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ address }) => address === '::1'),
);

describe('the courier, after a response', () => {
  const CASES: readonly [
    title: string,
    reaction: Reaction,
    change: Partial<OutgoingCallback>,
    outcome: string,
    status: number | null,
  ][] = [
    ['HTTP 200 acknowledges', 200, {}, 'acknowledged', 200],
    ['another 2xx rejects by default', 204, {}, 'rejected', 204],
    [
      'another 2xx acknowledges when the policy accepts any 2xx',
      204,
      { ackStatus: '2xx' },
      'acknowledged',
      204,
    ],
    ['a client error rejects', 404, {}, 'rejected', 404],
    ['a server error rejects', 500, {}, 'rejected', 500],
    ['a redirect is not followed', 'redirect', {}, 'redirect', 302],
    ['no response is a timeout', 'hang', { ackTimeoutMs: 50 }, 'timeout', null],
    ['a broken connection is a reset', 'reset', {}, 'reset', null],
    ['a truncated response is a reset, and its status is kept', 'half', {}, 'reset', 200],
    ['an endless response is abandoned once its status is known', 'endless', {}, 'acknowledged', 200],
    ['a response that is not HTTP is a reset', 'garbage', {}, 'reset', null],
    ['a 200 is a timeout when the fault "lost-ack" discards it', 200, { flaw: 'lost-ack' }, 'timeout', 200],
  ];

  it.each(CASES)('%s', async (_title, reaction, change, outcome, status) => {
    const { url, posts } = await receiver(reaction);
    const result = await post(courier(), url, change);
    expect(result).toMatchObject({ outcome, status });
    expect(posts).toHaveLength(1);
    expect(posts[0]?.body).toBe('{"code":200}');
  });

  it('records the start of the response, the time to its first byte and the total time', async () => {
    const { url } = await receiver(200);
    const result = await post(courier(), url);
    expect(result.answer).toBe('received');
    expect(result.firstByteMs).toBeGreaterThanOrEqual(0);
    expect(result.durationMs).toBeGreaterThanOrEqual(result.firstByteMs ?? Number.POSITIVE_INFINITY);
  });

  it('keeps at most 2,048 characters of an endless response', async () => {
    const { url } = await receiver('endless');
    const { answer } = await post(courier(), url);
    expect(answer).toHaveLength(2048);
  });
});

describe('the courier, after interim responses', () => {
  const FINAL = 'HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nreceived';
  const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';
  const HINTS = 'HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n';

  let connections = 0;

  /** Writes the parts one after another, each flushed before the next. Null ends the connection. */
  async function serverWriting(...parts: readonly (string | null)[]): Promise<string> {
    const server = createServer((socket) => {
      connections += 1;
      socket.on('error', () => undefined);
      let asked = '';
      socket.on('data', async (bytes) => {
        asked += bytes;
        if (!asked.endsWith('}')) return;
        asked = '';
        for (const part of parts) {
          if (part === null) socket.end();
          else await new Promise((resolve) => socket.write(part, resolve));
          await new Promise((resolve) => setImmediate(resolve));
        }
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    open.push(server);
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  }

  it.each<[what: string, parts: string[]]>([
    ['103', [HINTS, FINAL]],
    ['103 in one chunk with the final response', [HINTS + FINAL]],
    ['102', ['HTTP/1.1 102 Processing\r\n\r\n', FINAL]],
    ['an unsolicited 100', [CONTINUE, FINAL]],
    ['100 in one chunk with the final response', [CONTINUE + FINAL]],
    ['several interim responses', [CONTINUE, HINTS, HINTS, `HTTP/1.1 199 Soon\r\n\r\n${FINAL}`]],
    ['100 byte by byte', [...CONTINUE, FINAL.slice(0, 5), FINAL.slice(5)]],
  ])('ignores %s, on a new connection and on a reused one', async (_what, parts) => {
    const url = await serverWriting(...parts);
    const sender = courier();
    let posts = 0;
    connections = 0;
    // A connection stays idle for a moment before it is reused.
    await expect
      .poll(async () => {
        const result = await post(sender, url);
        posts += 1;
        expect(result).toMatchObject({ outcome: 'acknowledged', status: 200, answer: 'received' });
        return connections < posts;
      })
      .toBe(true);
  });

  it('uses the status of the final response', async () => {
    const url = await serverWriting(CONTINUE, 'HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n');
    expect(await post(courier(), url)).toMatchObject({ outcome: 'rejected', status: 503 });
  });

  it.each([CONTINUE, HINTS, 'HTTP/1.1 1'])('treats %j followed by silence as a timeout', async (part) => {
    const url = await serverWriting(part);
    expect(await post(courier(), url, { ackTimeoutMs: 100 })).toMatchObject({
      outcome: 'timeout',
      status: null,
    });
  });

  it.each([CONTINUE, HINTS])('treats %j followed by a closed connection as a reset', async (part) => {
    expect(await post(courier(), await serverWriting(part, null))).toMatchObject({
      outcome: 'reset',
      status: null,
    });
  });

  it.each([
    'HTTP/1.1 101 Switching Protocols\r\n\r\n',
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    `${HINTS}HTTP/1.1 101 Switching Protocols\r\n\r\n`,
  ])('rejects an unsolicited protocol switch: %j', async (part) => {
    expect(await post(courier(), await serverWriting(part))).toMatchObject({
      outcome: 'rejected',
      status: 101,
      detail: 'HTTP 101: the receiver switched protocols, which the callback did not ask for',
    });
  });

  it('leaves an endless response head to the limits of the HTTP client', async () => {
    const url = await serverWriting(`HTTP/1.1 103 ${'x'.repeat(20_000)}`);
    expect((await post(courier(), url, { ackTimeoutMs: 300 })).outcome).not.toBe('acknowledged');
  });
});

describe('the outcome of an attempt without a connection', () => {
  it('is "refused" for a closed port', async () => {
    const { url, close } = await receiver();
    close();
    expect(await post(courier(), url)).toMatchObject({ outcome: 'refused', status: null });
  });

  it('is "dns" for a host name that does not exist', async () => {
    expect(await post(courier(), 'http://no-such-host.invalid/')).toMatchObject({ outcome: 'dns' });
  });

  it('is "tls" when the receiver does not speak TLS', async () => {
    const { url } = await receiver();
    const result = await post(courier(), url.replace('http:', 'https:'));
    expect(result.outcome).toBe('tls');
  });

  it.each([
    ['http://169.254.169.254/latest', 'metadata'],
    ['http://8.8.8.8/', 'not-allowed'],
    ['ftp://127.0.0.1/', 'scheme'],
    ['http://0x7f.1:9/', null],
  ])('comes from the egress guard for %s', async (url, rule) => {
    const result = await post(courier(), url);
    if (rule === null) expect(result.outcome).toBe('refused');
    else expect(result).toMatchObject({ outcome: 'blocked', detail: expect.stringMatching(`^${rule}: `) });
  });
});

describe('a truncated callback', () => {
  it('declares its full length, sends half of it and closes the connection', async () => {
    const seen: Buffer[] = [];
    const server = createServer((socket) => {
      socket.on('data', (chunk) => seen.push(chunk));
      socket.on('error', () => undefined);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const closed = new Promise<void>((resolve) =>
      server.on('connection', (socket) => socket.on('close', () => resolve())),
    );
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const result = await post(courier(), url, { flaw: 'truncated' });
    await closed;
    expect(result).toMatchObject({ outcome: 'reset', detail: 'cut off on purpose after 6 of 12 bytes' });
    const text = Buffer.concat(seen).toString();
    expect(text).toContain('content-length: 12');
    expect(text.endsWith('\r\n\r\n{"code')).toBe(true);
    server.close();
  });
});

describe('a receiver on this machine', () => {
  const HOSTS: readonly [listensOn: string, host: string][] = [
    ['127.0.0.1', '127.0.0.1'],
    ['::1', '[::1]'],
    ['127.0.0.1', 'localhost'],
    ['::1', 'localhost'],
    ['127.0.0.1', '[::ffff:127.0.0.1]'],
  ];

  it.each(
    HOSTS.filter(([address, host]) => address !== '::1' || (host === '[::1]' ? HAS_IPV6 : LOCALHOST_IS_IPV6)),
  )('that listens on %s is reached as http://%s', async (address, host) => {
    const posts: IncomingHttpHeaders[] = [];
    const port = await serve(address, (request, response) => {
      posts.push(request.headers);
      response.end();
    });
    for (const flaw of [null, null, 'truncated'] as const) {
      const expected = { outcome: flaw === null ? 'acknowledged' : 'reset' };
      expect(await post(courier(), `http://${host}:${port}/callback`, { flaw })).toMatchObject(expected);
    }
    expect(posts[0]?.host).toBe(new URL(`http://${host}:${port}`).host);
  });
});

describe('a receiver that uses TLS', () => {
  const PEM = readFileSync(join(import.meta.dirname, '../../fixtures/receivers/localhost.pem'), 'utf8');

  async function tlsReceiver() {
    const seen = { posts: 0, connections: 0 };
    const server = createTlsServer({ cert: PEM, key: PEM }, (request, response) => {
      seen.posts += 1;
      request.resume();
      request.on('end', () => response.end());
    });
    server.on('secureConnection', () => {
      seen.connections += 1;
    });
    const port = await listening(server, '127.0.0.1');
    open.push({
      close() {
        server.close();
        server.closeAllConnections();
      },
    });
    return { seen, port };
  }

  it('is reached by name and by address, with full and truncated callbacks, over a reused connection', async () => {
    const { seen, port } = await tlsReceiver();
    const sender = courier(PEM);
    for (const host of ['localhost', '127.0.0.1']) {
      expect(await post(sender, `https://${host}:${port}/`)).toMatchObject({ outcome: 'acknowledged' });
      await expect.poll(() => reuses(seen, () => post(sender, `https://${host}:${port}/`))).toBe(true);
      const truncated = await post(sender, `https://${host}:${port}/`, { flaw: 'truncated' });
      expect(truncated.detail).toMatch(/on purpose/);
    }
    expect(seen.posts).toBeGreaterThanOrEqual(4);
  });

  it('is sent nothing when its certificate authority is not trusted', async () => {
    const { seen, port } = await tlsReceiver();
    for (const flaw of [null, 'truncated'] as const) {
      const result = await post(courier(), `https://localhost:${port}/`, { flaw });
      expect(result).toMatchObject({ outcome: 'tls', status: null });
    }
    expect(seen.posts).toBe(0);
  });

  it('is sent nothing when its certificate is for another name', async () => {
    const { seen, port } = await tlsReceiver();
    const result = await post(courier(PEM), `https://127.0.0.2:${port}/`);
    expect(['tls', 'refused']).toContain(result.outcome);
    expect(seen.posts).toBe(0);
  });
});

describe('reused connections', () => {
  it('carry many POSTs, one after the other, with an idle moment in between', async () => {
    const { url, connections } = await countedReceiver((_, response) => response.end());
    const sender = courier();
    const seen = {
      get connections() {
        return connections();
      },
    };
    await post(sender, url);
    // Polling leaves the connection idle for a moment between POSTs, after which it is reused.
    for (let n = 0; n < 4; n++) await expect.poll(() => reuses(seen, () => post(sender, url))).toBe(true);
  });

  it('are avoided when the receiver closes connections without notice', async () => {
    for (const goodbye of ['end', 'resetAndDestroy'] as const) {
      const { url, posts } = await countedReceiver((_, response) => {
        const { socket } = response;
        response.end('ok', () => socket?.[goodbye]());
      });
      const sender = courier();
      for (let n = 0; n < 50; n++) expect((await post(sender, url)).outcome).toBe('acknowledged');
      expect(posts()).toBe(50);
    }
  });

  it('are not kept when a response was not read to its end', async () => {
    const { url } = await receiver('gigabyte');
    const sender = courier();
    for (let n = 0; n < 5; n++) expect((await post(sender, url)).outcome).toBe('acknowledged');
  });

  it('are closed after an idle period, and with the courier', async () => {
    const { url, gone } = await countedReceiver((_, response) => response.end());
    const sender = courier();
    await post(sender, url);
    await gone();
    await post(sender, url);
    await sender.close();
    await gone();
  });
});

describe('a receiver that accepts no connections', () => {
  it('is timed out, and is interrupted when the mock stops', async () => {
    const { url } = await deafReceiver();
    const sender = courier();
    for (const flaw of [null, 'truncated'] as const) {
      const longest = post(sender, url, { ackTimeoutMs: 10 * HANG_LIMIT_MS, flaw });
      const result = await post(sender, url, { ackTimeoutMs: 50, flaw });
      expect(result).toMatchObject({ outcome: 'timeout', status: null });
      sender.interrupt();
      // This attempt was started earlier and would still be waiting.
      expect(await longest).toMatchObject({ outcome: 'interrupted' });
      const stopped = post(sender, url, { flaw });
      await nextRound();
      sender.interrupt();
      expect((await stopped).outcome).toBe('interrupted');
    }
    const connecting = (): number =>
      process.getActiveResourcesInfo().filter((name) => name === 'ConnectWrap').length;
    const others = connecting();
    const last = post(sender, url);
    await expect.poll(connecting).toBe(others + 1);
    await sender.close();
    expect((await last).outcome).toBe('interrupted');
    await expect.poll(connecting).toBe(others);
  });

  it('gets a new connection each time: a later POST does not wait for the connection of an earlier one', async () => {
    const sender = courier();
    const silent = createServer((socket) => socket.on('error', () => undefined));
    const seen = { connections: 0 };
    silent.on('connection', () => {
      seen.connections += 1;
    });
    const port = await listening(silent, '127.0.0.1');
    for (let n = 1; n <= 3; n++) {
      const result = await post(sender, `https://127.0.0.1:${port}/`, { ackTimeoutMs: 30 });
      expect([result.outcome, seen.connections]).toEqual(['timeout', n]);
    }
    silent.close();
  });
});

describe('the ack timeout', () => {
  it('may exceed the longest timer of Node', async () => {
    const { url } = await receiver(200);
    const warnings: string[] = [];
    const warn = (warning: Error): void => {
      warnings.push(warning.name);
    };
    process.on('warning', warn);
    expect((await post(courier(), url, { ackTimeoutMs: 2 ** 40 })).outcome).toBe('acknowledged');
    await nextRound();
    process.off('warning', warn);
    expect(warnings).toEqual([]);
  });

  it('does not count the time that this process is busy', async () => {
    const farm = await openReceiverFarm({ late: ['late'] }, 1);
    open.push(farm);
    const result = post(courier(), farm.urlFor('late', 0), { ackTimeoutMs: 1000 });
    await expect.poll(farm.tally, { interval: 1 }).toEqual(new Uint8Array([1]));
    // The response arrives in time while the event loop is blocked; afterwards the timeout has expired.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1500);
    expect((await result).outcome).toBe('acknowledged');
  });
});

describe('the kept part of a response', () => {
  it('takes no more memory than its own length', async () => {
    const { url } = await receiver('gigabyte');
    const sender = courier();
    const batch = (): Promise<AttemptResult[]> =>
      Promise.all(Array.from({ length: 20 }, () => post(sender, url)));
    await batch();
    const before = settledHeap();
    const kept = [...(await batch()), ...(await batch()), ...(await batch()), ...(await batch())];
    const each = (settledHeap() - before) / kept.length;
    expect(kept.every(({ answer }) => answer.length === 2048)).toBe(true);
    expect(each).toBeLessThan(20_000);
  });

  it('ends between two characters', async () => {
    const { url } = await countedReceiver((_, response) => response.end('ü'.repeat(4000).replace('ü', 'u')));
    const { answer } = await post(courier(), url);
    expect(answer).toBe(`u${'ü'.repeat(1023)}`);
  });
});

describe('many concurrent POSTs', () => {
  it('leave no listeners behind', async () => {
    const { url } = await receiver(500, 'reset', 200, 'half', 200, 'hang', 302, 200, 'endless', 200);
    const warnings: string[] = [];
    const warn = (warning: Error): void => {
      warnings.push(`${warning.name}: ${warning.message}`);
    };
    process.on('warning', warn);
    const sender = courier();
    for (let n = 0; n < 20; n++) {
      await Promise.all(Array.from({ length: 30 }, () => post(sender, url, { ackTimeoutMs: 100 })));
    }
    await nextRound();
    process.off('warning', warn);
    expect(warnings).toEqual([]);
  });
});

describe('the courier', () => {
  it('ends attempts in flight as interrupted when it is stopped', async () => {
    const { url, received } = await receiver('hang');
    const sender = courier();
    const result = post(sender, url);
    await received(1);
    sender.interrupt();
    expect(await result).toMatchObject({ outcome: 'interrupted' });
  });

  it('starts no attempts after it is closed', async () => {
    const { url, posts } = await receiver(200);
    const sender = courier();
    await sender.close();
    const prepare = vi.fn(() => callbackWith());
    expect(await sender.post(url, prepare)).toBeNull();
    expect(await sender.post('http://8.8.8.8/', prepare)).toBeNull();
    expect(prepare).not.toHaveBeenCalled();
    expect(posts).toHaveLength(0);
  });

  it('ends an attempt as interrupted when it is stopped while the callback is being prepared', async () => {
    const { url, posts } = await receiver(200);
    const sender = courier();
    const result = sender.post(url, async () => {
      await nextRound();
      return callbackWith();
    });
    await Promise.resolve();
    sender.interrupt();
    expect(await result).toMatchObject({ outcome: 'interrupted' });
    expect(posts).toHaveLength(0);
  });

  it('sends nothing when prepare returns null', async () => {
    const { url, posts } = await receiver(200);
    expect(await courier().post(url, () => null)).toBeNull();
    expect(posts).toHaveLength(0);
  });

  it('limits attempts to 128 per receiver, and drops queued ones on interruption', async () => {
    const slow = await receiver('hang');
    const sender = courier();
    let begun = 0;
    const stuck = Array.from({ length: 200 }, () =>
      sender.post(slow.url, () => {
        begun += 1;
        return callbackWith();
      }),
    );
    await slow.received(128);
    await nextRound();
    expect(begun).toBe(128);
    sender.interrupt();
    const outcomes = (await Promise.all(stuck)).map((result) => result?.outcome ?? null);
    expect(outcomes).toEqual([...Array(128).fill('interrupted'), ...Array(72).fill(null)]);
    expect(begun).toBe(128);
  });

  it('does not let a hung receiver delay another one', async () => {
    const slow = await receiver('hang');
    const quick = await receiver(200);
    const sender = courier();
    const stuck = Array.from({ length: 200 }, () => sender.post(slow.url, () => callbackWith()));
    await slow.received(128);
    expect(await post(sender, quick.url)).toMatchObject({ outcome: 'acknowledged' });
    sender.interrupt();
    await Promise.all(stuck);
  });
});

/** Returns whether an acknowledged POST opens no new connection. */
async function reuses(
  seen: { readonly connections: number },
  send: () => Promise<AttemptResult>,
): Promise<boolean> {
  const before = seen.connections;
  expect(await send()).toMatchObject({ outcome: 'acknowledged' });
  return seen.connections === before;
}

/** Gives timers, the network and immediates a turn. */
function nextRound(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

async function deafReceiver(): Promise<DeafReceiver> {
  const made = await openDeafReceiver();
  open.push(made);
  return made;
}

function listening(server: Server, address: string): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, address, () => resolve((server.address() as AddressInfo).port));
  });
}

function serve(address: string, handle: RequestListener): Promise<number> {
  const server = createHttpServer(handle);
  open.push({
    close() {
      server.close();
      server.closeAllConnections();
    },
  });
  return listening(server, address);
}

/** A receiver that counts its POSTs, and its total and open connections. */
async function countedReceiver(handle: RequestListener) {
  let posts = 0;
  let connections = 0;
  let present = 0;
  let onGone: (() => void) | undefined;
  const server = createHttpServer((request, response) => {
    posts += 1;
    request.resume();
    request.on('end', () => handle(request, response));
  });
  server.on('connection', (socket) => {
    connections += 1;
    present += 1;
    socket.on('close', () => {
      present -= 1;
      if (present === 0) onGone?.();
    });
  });
  const port = await listening(server, '127.0.0.1');
  open.push({
    close() {
      server.close();
      server.closeAllConnections();
    },
  });
  return {
    url: `http://127.0.0.1:${port}/callback`,
    posts: () => posts,
    connections: () => connections,
    /** Resolves when no connection is open. */
    async gone() {
      if (present === 0) return;
      await new Promise<void>((resolve) => {
        onGone = resolve;
      });
    },
  };
}
