import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import {
  openReceiver,
  type Reaction,
  type ScriptedReceiver,
} from '../../fixtures/receivers/scripted-receiver.ts';
import { createCourier, type Parcel } from './courier.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0)) await thing.close();
});

function courier() {
  const made = createCourier({ allow: [] });
  open.push(made);
  return made;
}

async function receiver(...script: Reaction[]): Promise<ScriptedReceiver> {
  const made = await openReceiver(...script);
  open.push(made);
  return made;
}

function parcel(url: string, change: Partial<Parcel> = {}): Parcel {
  return {
    url,
    headers: { 'content-type': 'application/json' },
    body: '{"code":200}',
    ackTimeoutMs: 5000,
    ackStatus: '200',
    flaw: null,
    ...change,
  };
}

describe('what the courier makes of an answer', () => {
  const CASES: readonly [
    title: string,
    reaction: Reaction,
    change: Partial<Parcel>,
    outcome: string,
    status: number | null,
  ][] = [
    ['HTTP 200 acknowledges', 200, {}, 'acknowledged', 200],
    ['another 2xx does not, as the pages have it', 204, {}, 'rejected', 204],
    ['another 2xx does, when the policy says so', 204, { ackStatus: '2xx' }, 'acknowledged', 204],
    ['a client error rejects', 404, {}, 'rejected', 404],
    ['a server error rejects', 500, {}, 'rejected', 500],
    ['a redirect is not followed', 'redirect', {}, 'redirect', 302],
    ['no answer is a timeout', 'hang', { ackTimeoutMs: 50 }, 'timeout', null],
    ['a broken connection is a reset', 'reset', {}, 'reset', null],
    ['half an answer is a reset, although its status came', 'half', {}, 'reset', 200],
    ['an endless answer is left alone once its status is known', 'endless', {}, 'acknowledged', 200],
    ['what is no HTTP is a reset', 'garbage', {}, 'reset', null],
    ['an acknowledgement can get lost on purpose', 200, { flaw: 'lost-ack' }, 'timeout', 200],
  ];

  it.each(CASES)('%s', async (_title, reaction, change, outcome, status) => {
    const { url, posts } = await receiver(reaction);
    const passage = await courier().post(parcel(url, change));
    expect(passage).toMatchObject({ outcome, status });
    expect(posts).toHaveLength(1);
    expect(posts[0]?.body).toBe('{"code":200}');
  });

  it('keeps the start of the answer, the time to its first byte and the whole time', async () => {
    const { url } = await receiver(200);
    const passage = await courier().post(parcel(url));
    expect(passage.answer).toBe('received');
    expect(passage.firstByteMs).toBeGreaterThanOrEqual(0);
    expect(passage.durationMs).toBeGreaterThanOrEqual(passage.firstByteMs ?? Number.POSITIVE_INFINITY);
  });

  it('keeps no more than two thousand characters of an endless answer', async () => {
    const { url } = await receiver('endless');
    const { answer } = await courier().post(parcel(url));
    expect(answer).toHaveLength(2048);
  });
});

describe('what the courier makes of a way that leads nowhere', () => {
  it('calls a closed port refused', async () => {
    const { url, close } = await receiver();
    close();
    expect(await courier().post(parcel(url))).toMatchObject({ outcome: 'refused', status: null });
  });

  it('calls a name that does not exist dns', async () => {
    expect(await courier().post(parcel('http://no-such-host.invalid/'))).toMatchObject({ outcome: 'dns' });
  });

  it('calls TLS where none is spoken tls', async () => {
    const { url } = await receiver();
    const passage = await courier().post(parcel(url.replace('http:', 'https:')));
    expect(passage.outcome).toBe('tls');
  });

  it.each([
    ['http://169.254.169.254/latest', 'metadata'],
    ['http://8.8.8.8/', 'not-allowed'],
    ['ftp://127.0.0.1/', 'scheme'],
    ['http://0x7f.1:9/', null],
  ])('asks the egress guard about %s', async (url, rule) => {
    const passage = await courier().post(parcel(url));
    if (rule === null) expect(passage.outcome).toBe('refused');
    else expect(passage).toMatchObject({ outcome: 'blocked', detail: expect.stringMatching(`^${rule}: `) });
  });
});

describe('a truncated parcel', () => {
  it('announces its whole length, sends half and breaks off', async () => {
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
    const passage = await courier().post(parcel(url, { flaw: 'truncated' }));
    await closed;
    expect(passage).toMatchObject({ outcome: 'reset', detail: 'cut off on purpose after 6 of 12 bytes' });
    const text = Buffer.concat(seen).toString();
    expect(text).toContain('content-length: 12');
    expect(text.endsWith('\r\n\r\n{"code')).toBe(true);
    server.close();
  });
});

describe('stopping', () => {
  it('ends what is under way as interrupted', async () => {
    const { url, received } = await receiver('hang');
    const sender = courier();
    const passage = sender.post(parcel(url));
    await received(1);
    sender.interrupt();
    expect(await passage).toMatchObject({ outcome: 'interrupted' });
  });

  it('posts nothing after it is closed', async () => {
    const { url, posts } = await receiver(200);
    const sender = courier();
    await sender.close();
    expect(await sender.post(parcel(url))).toMatchObject({ outcome: 'interrupted' });
    expect(posts).toHaveLength(0);
  });

  it('does not let a receiver that hangs delay another one', async () => {
    const slow = await receiver('hang');
    const quick = await receiver(200);
    const sender = courier();
    const stuck = Array.from({ length: 200 }, () => sender.post(parcel(slow.url)));
    await slow.received(128);
    expect(await sender.post(parcel(quick.url))).toMatchObject({ outcome: 'acknowledged' });
    sender.interrupt();
    const outcomes = (await Promise.all(stuck)).map(({ outcome }) => outcome);
    expect(new Set(outcomes)).toEqual(new Set(['interrupted']));
  });
});
