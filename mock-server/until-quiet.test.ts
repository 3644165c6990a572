import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createMockServer, type MockServer } from './index.ts';
import { PACKAGE_ROOT } from './packs/package-root.ts';
import { stagingOf } from './staging.ts';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function openMock(): Promise<MockServer> {
  const mock = await createMockServer({ clock: 'virtual', seed: 7 }).listen();
  undo.push(() => mock.close());
  return mock;
}

/** Starts a receiver that answers at once and then downloads each file once, after a pause. @returns its URL */
async function openSlowReceiver(pauseMs: number): Promise<string> {
  const known = new Set<string>();
  const server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece);
    response.end('ok');
    const {
      task_id: id,
      video_url: video,
      image_url: image,
    } = JSON.parse(String(Buffer.concat(pieces))).data;
    if (known.has(id)) return;
    known.add(id);
    for (const url of [video, image]) {
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      // The mock may close during the download.
      await fetch(url)
        .then((file) => file.arrayBuffer())
        .catch(() => undefined);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  undo.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`;
}

function downloads(mock: MockServer): number {
  return mock.journal.entries({ type: 'media.served' }).length;
}

describe('the example in docs/in-your-tests.md', () => {
  const page = readFileSync(join(PACKAGE_ROOT, 'docs/in-your-tests.md'), 'utf8');
  const [, code = ''] = /<!-- in-a-test -->\n```ts\n([^`]+)```/.exec(page) ?? [];
  const AsyncFunction = (async () => undefined).constructor as new (
    ...parts: string[]
  ) => (...values: unknown[]) => Promise<void>;

  it.each([1, 2, 3])('counts every download of a receiver that answers first, run %i', async () => {
    const mock = await openMock();
    const receiver = await openSlowReceiver(40);
    expect(code).toContain('await mock.quiet();');
    expect.assertions(3);
    await new AsyncFunction('mock', 'myReceiverUrl', 'expect', code)(mock, receiver, expect);
  });
});

describe('quiet()', () => {
  it('resolves if nothing happens', async () => {
    await expect((await openMock()).quiet({ quietFor: 1 })).resolves.toBeUndefined();
  });

  it('waits for each download that follows within the quiet time', async () => {
    const mock = await openMock();
    const receiver = await openSlowReceiver(100);
    await mock.tasks.trigger('runway.generate', { to: receiver });
    await mock.clock.advance('10m');
    await mock.quiet({ quietFor: '1s', timeout: '20s' });
    expect(downloads(mock)).toBe(2);
  });

  it('waits for a download in flight, regardless of its duration', async () => {
    const mock = await openMock();
    const to = 'http://127.0.0.1:9/callback';
    const { body } = await stagingOf(mock).stage('runway.generate', { to, scenario: 'media.dribble' });
    const download = await fetch(JSON.parse(body).data.video_url);
    undo.push(() => download.body?.cancel());
    await expect(mock.quiet({ quietFor: '20ms', timeout: '400ms' })).rejects.toMatchObject({
      code: 'NOT_QUIET',
      message: expect.stringMatching(/within 400ms; still in flight: GET \/__media\/[\w-]+\/video\.mp4$/),
    });
  });

  it('waits for a call whose body is still being sent', async () => {
    const mock = await openMock();
    const socket = connect(Number(new URL(mock.url).port), '127.0.0.1');
    undo.push(() => socket.destroy());
    socket.write('POST /api/v1/runway/generate HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer k\r\n');
    socket.write('Expect: 100-continue\r\nContent-Type: application/json\r\nContent-Length: 5\r\n\r\n');
    // The mock has received the request when it asks for the body.
    await once(socket, 'data');
    await expect(mock.quiet({ quietFor: '20ms', timeout: '200ms' })).rejects.toMatchObject({
      message: expect.stringContaining('still in flight: POST /api/v1/runway/generate'),
    });
    const quiet = mock.quiet({ quietFor: '20ms', timeout: '20s' });
    socket.end();
    await expect(quiet).resolves.toBeUndefined();
  });

  it('does not wait for readers of the event stream', async () => {
    const mock = await openMock();
    const events = await fetch(`${mock.url}/__admin/events`);
    undo.push(() => events.body?.cancel());
    await expect(mock.quiet({ quietFor: '50ms', timeout: '10s' })).resolves.toBeUndefined();
  });

  it('throws if a client never stops', async () => {
    const mock = await openMock();
    let isOver = false;
    const polls = (async () => {
      while (!isOver) await (await fetch(`${mock.url}/api/v1/runway/record-detail?taskId=none`)).text();
    })();
    await expect(mock.quiet({ quietFor: '1s', timeout: '300ms' })).rejects.toMatchObject({
      code: 'NOT_QUIET',
    });
    isOver = true;
    await polls;
  });

  it.each([
    [{ quietFor: 'soon' }, 'quietFor'],
    [{ timeout: -1 }, 'timeout'],
  ])('rejects %j', async (options, name) => {
    const mock = await openMock();
    await expect(async () => mock.quiet(options)).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: expect.stringContaining(name),
    });
  });
});
