import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { GENERATE, runwayCalls } from '../../fixtures/clients/runway-calls.ts';
import { createMockServer, type MockServer } from '../index.ts';
import { createBodyPieces } from './body-pieces.ts';
import { createIntake } from './intake.ts';

const MB = 1024 * 1024;
/** A quarter of this is the limit for bodies that are being received: 1 MB. */
const KEEP_BYTES = 4 * MB;
/** Two bodies of this size exceed the limit. */
const PART = 600_000;

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0)) await thing.close();
});

async function start(): Promise<MockServer> {
  const mock = await createMockServer({ clock: 'virtual', keepBytes: KEEP_BYTES }).listen();
  open.push(mock);
  return mock;
}

interface Sender {
  send(bytes: number): void;
  /** Resolves with the whole answer when the mock has closed the connection. */
  readonly answer: Promise<string>;
}

/** Announces a body and sends only the requested part of it. */
function openSender(mock: MockServer, path: string, size: number, chunked = false): Sender {
  const socket: Socket = connect(Number(new URL(mock.url).port), '127.0.0.1');
  open.push({ close: () => socket.destroy() });
  let text = '';
  const answer = new Promise<string>((resolve) => {
    socket.on('data', (data) => {
      text += data.toString();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(text));
  });
  const length = chunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${size}`;
  socket.write(
    `POST ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer key\r\nContent-Type: application/json\r\n${length}\r\n\r\n`,
  );
  return {
    send(bytes) {
      const data = 'x'.repeat(bytes);
      socket.write(chunked ? `${bytes.toString(16)}\r\n${data}\r\n` : data);
    },
    answer,
  };
}

async function receivedBytes(mock: MockServer): Promise<number> {
  const text = await (await fetch(`${mock.url}/__admin/metrics`)).text();
  return Number(/^stuntdouble_receiving_bytes (\d+)$/m.exec(text)?.[1]);
}

const NO_ROOM = 'too many bodies are being received at the same time';

describe('bodies that are being received', () => {
  it.each([false, true])('share a limit, and a stalled one is refused (chunked: %s)', async (chunked) => {
    const mock = await start();
    const path = '/v1/predictions';
    const stalled = openSender(mock, path, 4 * MB, chunked);
    stalled.send(PART);
    await expect.poll(() => receivedBytes(mock)).toBeGreaterThan(PART);
    const second = openSender(mock, path, 4 * MB, chunked);
    second.send(PART);
    const answer = await stalled.answer;
    expect(answer).toMatch(/^HTTP\/1\.1 500 /);
    expect(answer).toMatch(/connection: close/i);
    expect(answer).toContain(NO_ROOM);
    expect(await receivedBytes(mock)).toBeLessThan(MB);
    expect((await runwayCalls(mock.url).generate(GENERATE)).body.code).toBe(200);
  });

  it.each([
    ['/api/v1/runway/generate', /^HTTP\/1\.1 200 .*"code":500/s],
    ['/__admin/clock', /^HTTP\/1\.1 503 .*"code":"MEMORY_FULL"/s],
    ['/__sink', /^HTTP\/1\.1 503 /],
  ])('are refused by %s in its error format', async (path, refusal) => {
    const mock = await start();
    const stalled = openSender(mock, path, 900_000);
    stalled.send(PART);
    await expect.poll(() => receivedBytes(mock)).toBeGreaterThan(PART);
    openSender(mock, '/v1/predictions', 4 * MB).send(PART);
    expect(await stalled.answer).toMatch(refusal);
  });

  it('are no longer counted when their senders disconnect', async () => {
    const mock = await start();
    const sender = openSender(mock, '/api/v1/runway/generate', 900_000);
    sender.send(PART);
    await expect.poll(() => receivedBytes(mock)).toBeGreaterThan(PART);
    await open.pop()?.close();
    await expect.poll(() => receivedBytes(mock)).toBe(0);
  });
});

describe('createIntake', () => {
  it('refuses the bodies that have waited longest, but never the only one', () => {
    const refused: string[] = [];
    const intake = createIntake(100);
    const first = intake.open(() => refused.push('first'));
    first.add(150);
    const second = intake.open(() => refused.push('second'));
    second.add(40);
    const third = intake.open(() => refused.push('third'));
    third.add(50);
    expect([refused, intake.used]).toEqual([['first'], 90]);
    second.add(20);
    expect([refused, intake.used]).toEqual([['first', 'third'], 60]);
    first.add(1000);
    first.close();
    second.close();
    second.close();
    expect(intake.used).toBe(0);
  });
});

describe('createBodyPieces', () => {
  it('joins chunks of any size and needs little memory in addition', () => {
    const pieces = createBodyPieces();
    const bytes = Buffer.from(Array.from({ length: 5000 }, (_, n) => n % 251));
    let needed = 0;
    for (let at = 0; at < 3000; at++) needed += pieces.add(bytes.subarray(at, at + 1));
    needed += pieces.add(bytes.subarray(3000));
    expect(pieces.join().equals(bytes)).toBe(true);
    expect(needed).toBeLessThan(2 * bytes.length);
  });
});
