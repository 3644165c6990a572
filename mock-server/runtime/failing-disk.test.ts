import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runwayCalls } from '../../fixtures/clients/runway-calls.ts';
import { openReceiver } from '../../fixtures/receivers/scripted-receiver.ts';
import { createMockServer, type MockServer, type MockServerOptions } from '../index.ts';
import { PACKAGE_ROOT } from '../packs/package-root.ts';
import { readYamlFile } from '../packs/yaml-file.ts';

type Done = (error: NodeJS.ErrnoException | null, written?: number) => void;

/** What the disk does next: works, is full, is full after half of what is written, fails to sync, or answers when told. */
const disk = vi.hoisted(() => ({
  state: 'works' as 'works' | 'full' | 'half' | 'unsynced' | 'held',
  held: [] as (() => void)[],
}));

vi.mock('node:fs', async (load) => {
  const real = await load<typeof import('node:fs')>();
  const failure = (code: string): NodeJS.ErrnoException =>
    Object.assign(new Error(`${code}: no space left on device, write`), { code });
  return {
    ...real,
    write(fd: number, bytes: Buffer, done: Done): void {
      if (disk.state === 'full') return void setImmediate(done, failure('ENOSPC'));
      if (disk.state !== 'half') return real.write(fd, bytes, done);
      disk.state = 'full';
      real.write(fd, bytes.subarray(0, bytes.length >> 1), done);
    },
    fdatasync(fd: number, done: Done): void {
      if (disk.state === 'unsynced') return void setImmediate(done, failure('EIO'));
      if (disk.state === 'held') return void disk.held.push(() => real.fdatasync(fd, done));
      real.fdatasync(fd, done);
    },
  };
});

let dir: string;
const open: { close(): unknown }[] = [];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'stuntdouble-full-'));
});
afterEach(async () => {
  disk.state = 'works';
  for (const go of disk.held.splice(0)) go();
  for (const thing of open.splice(0).reverse()) await thing.close();
  rmSync(dir, { recursive: true });
});

interface Watched {
  readonly mock: MockServer;
  readonly messages: string[];
  /** Resolves when the disk can be written again. */
  readonly healed: Promise<void>;
}

async function start(options: MockServerOptions = {}): Promise<Watched> {
  const messages: string[] = [];
  let heal = (): void => undefined;
  const healed = new Promise<void>((resolve) => {
    heal = resolve;
  });
  const onTrouble = (message: string): void => {
    messages.push(message);
    if (message.includes('written again')) heal();
  };
  const mock = await createMockServer({
    clock: 'virtual',
    data: dir,
    grace: 50,
    ...options,
    onTrouble,
  }).listen();
  open.push(mock);
  return { mock, messages, healed };
}

async function admin(mock: MockServer, method: string, path: string, body?: object): Promise<Response> {
  return fetch(`${mock.url}/__admin${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
}

async function health(mock: MockServer): Promise<unknown> {
  return (await admin(mock, 'GET', '/health')).json();
}

const DEGRADED = { status: 'degraded', trouble: expect.stringContaining('ENOSPC') };

describe('a full disk', () => {
  it.each(['full', 'half', 'unsynced'] as const)(
    'refuses a submission in the words of the vendor: %s',
    async (state) => {
      const { mock, healed, messages } = await start();
      const api = runwayCalls(mock.url);
      const { taskId: before } = await api.generate();
      disk.state = state;
      // The first meets the failure, the second is refused because of it.
      for (let n = 0; n < 2; n++) {
        const { status, body } = await api.generate();
        expect([status, body]).toEqual([
          200,
          { code: 455, msg: expect.stringContaining('cannot be written') },
        ]);
      }
      expect(mock.tasks.all().map(({ id }) => id)).toEqual([before]);
      expect(await health(mock)).toMatchObject({ status: 'degraded' });
      disk.state = 'works';
      await healed;
      expect(await health(mock)).toMatchObject({ status: 'ok' });
      expect(messages).toEqual([
        expect.stringContaining('cannot be written'),
        expect.stringContaining('written again'),
      ]);
      const { taskId: after } = await api.generate();
      await mock.close();
      const { mock: later } = await start();
      expect(later.tasks.all().map(({ id }) => id)).toEqual([before, after]);
      expect(later.data?.repairedBytes).toBe(0);
    },
  );

  it('sends no callback of a task that was refused, and those of the others once it works again', async () => {
    const receiver = await openReceiver();
    open.push(receiver);
    const { mock, healed } = await start({ clock: 'real', speed: 100_000 });
    const api = runwayCalls(mock.url);
    disk.state = 'full';
    const refused = await api.generate({ callBackUrl: receiver.url });
    expect(refused.body.code).toBe(455);
    disk.state = 'works';
    await healed;
    const { taskId } = await api.generate({ callBackUrl: receiver.url });
    await receiver.received(1);
    await mock.settled();
    expect(receiver.posts.map(({ body }) => body)).toEqual([expect.stringContaining(taskId)]);
  });

  it('holds back a callback that is due, and sends it once the disk works again', async () => {
    const receiver = await openReceiver();
    open.push(receiver);
    const { mock, healed } = await start();
    const { taskId } = await runwayCalls(mock.url).generate({ callBackUrl: receiver.url });
    disk.state = 'full';
    const moved = mock.clock.advance('1h');
    while (((await health(mock)) as { status: string }).status === 'ok');
    expect(receiver.posts).toEqual([]);
    disk.state = 'works';
    await healed;
    await moved;
    expect(mock.tasks.get(taskId)?.deliveries[0]?.status).toBe('acknowledged');
    expect(receiver.posts).toHaveLength(1);
  });

  it('does not keep a mock from closing', async () => {
    const receiver = await openReceiver();
    open.push(receiver);
    const { mock } = await start();
    await runwayCalls(mock.url).generate({ callBackUrl: receiver.url });
    disk.state = 'full';
    // Expected from the start: it may fail before the mock is closed.
    const failed = expect(mock.clock.advance('1h')).rejects.toMatchObject({ code: 'DATA_UNWRITABLE' });
    while (((await health(mock)) as { status: string }).status === 'ok');
    await mock.close();
    await failed;
    expect(receiver.posts).toEqual([]);
  });

  it('refuses library calls with a code', async () => {
    const { mock } = await start();
    disk.state = 'full';
    await expect(mock.clock.advance('1s')).rejects.toMatchObject({ code: 'DATA_UNWRITABLE' });
    await expect(mock.clock.advance('1s')).rejects.toMatchObject({ code: 'DATA_UNWRITABLE' });
  });

  it('is made room on by a reset', async () => {
    const { mock, healed } = await start();
    await runwayCalls(mock.url).generate();
    disk.state = 'full';
    expect((await admin(mock, 'DELETE', '/scenarios')).status).toBe(503);
    disk.state = 'works';
    expect((await admin(mock, 'POST', '/reset')).status).toBe(204);
    await healed;
    const lines = readFileSync(join(dir, 'journal.jsonl'), 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { format: 'stuntdouble-journal' },
      { type: 'server.reset' },
    ]);
  });

  it('lets a relaxed mock go on from memory, with one warning, and keeps what happened meanwhile', async () => {
    const { mock, messages, healed } = await start({ durability: 'relaxed' });
    const api = runwayCalls(mock.url);
    disk.state = 'full';
    const ids = [(await api.generate()).taskId, (await api.generate()).taskId];
    expect(await health(mock)).toMatchObject(DEGRADED);
    expect(messages).toEqual([expect.stringMatching(/ENOSPC.*; going on from memory$/)]);
    disk.state = 'works';
    await healed;
    await mock.close();
    const { mock: later } = await start();
    expect(later.tasks.all().map(({ id }) => id)).toEqual(ids);
  });
});

/** Every call of the admin API that is not a mere question. */
const CHANGES = Object.entries(
  (readYamlFile(join(PACKAGE_ROOT, 'spec/admin.openapi.yaml')).value as { paths: Record<string, object> })
    .paths,
).flatMap(([path, methods]) =>
  Object.keys(methods)
    .filter((method) => method === 'post' || method === 'delete')
    .map((method) => [method.toUpperCase(), path] as const),
);

const BODIES: Readonly<Record<string, object>> = {
  'POST /clock': { advance: '1s' },
  'POST /tasks/{taskId}/amend': { outcome: 'success' },
  'POST /scenarios': { scenario: 'success' },
};

describe('every admin call that changes something', () => {
  async function ready(
    path: string,
  ): Promise<Watched & { readonly call: (method: string, path: string) => Promise<Response> }> {
    const watched = await start();
    const { taskId } = await runwayCalls(watched.mock.url).generate({ callBackUrl: 'http://127.0.0.1:9/' });
    await watched.mock.clock.advance(path.endsWith('/redeliver') ? '1h' : 0);
    const call = (method: string, path: string): Promise<Response> =>
      admin(watched.mock, method, path.replace('{taskId}', taskId), BODIES[`${method} ${path}`]);
    return { ...watched, call };
  }

  it.each(CHANGES)('is answered once it is on disk, and not before: %s %s', async (method, path) => {
    const { mock, call } = await ready(path);
    disk.state = 'held';
    let answered = false;
    const answer = call(method, path).then((response) => {
      answered = true;
      return response;
    });
    while (disk.held.length === 0) await health(mock);
    await health(mock);
    expect(answered).toBe(false);
    disk.state = 'works';
    for (const go of disk.held.splice(0)) go();
    expect((await answer).status).toBeLessThan(300);
  });

  it.each(CHANGES)('is refused while the disk is full: %s %s', async (method, path) => {
    const { mock, call } = await ready(path);
    disk.state = 'full';
    for (let n = 0; n < 2; n++) {
      const response = await call(method, path);
      expect(response.status).toBe(503);
      expect(await response.json()).toMatchObject({
        code: 'DATA_UNWRITABLE',
        remedy: expect.stringContaining('tries again by itself'),
      });
    }
    expect(await health(mock)).toMatchObject(DEGRADED);
  });
});
