import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runwayCalls } from '../../fixtures/clients/runway-calls.ts';
import { openReceiver } from '../../fixtures/receivers/scripted-receiver.ts';
import { createMockServer, type MockServer, type MockServerOptions } from '../index.ts';
import { PACKAGE_ROOT } from '../packs/package-root.ts';
import { readYamlFile } from '../packs/yaml-file.ts';
import { limits, removeLimits } from './testing/limited-disk.ts';

type Done = (error: NodeJS.ErrnoException | null, written?: number) => void;

/**
 * How the mocked disk behaves: works, is full, is full after half of a write, fails to sync, or holds responses back
 * until released.
 */
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

// Snapshots are written with this module.
vi.mock('node:fs/promises', async (load) => {
  const { limitedDisk } = await import('./testing/limited-disk.ts');
  return limitedDisk(await load());
});

let dir: string;
const open: { close(): unknown }[] = [];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'stuntdouble-full-'));
});
afterEach(async () => {
  disk.state = 'works';
  removeLimits();
  for (const go of disk.held.splice(0)) go();
  for (const thing of open.splice(0).reverse()) await thing.close();
  rmSync(dir, { recursive: true });
});

interface StartedMock {
  readonly mock: MockServer;
  readonly messages: string[];
  /** Resolves when the disk is writable again. */
  readonly recovered: Promise<void>;
}

async function start(options: MockServerOptions = {}): Promise<StartedMock> {
  const messages: string[] = [];
  let recover = (): void => undefined;
  const recovered = new Promise<void>((resolve) => {
    recover = resolve;
  });
  const onTrouble = (message: string): void => {
    messages.push(message);
    if (message.includes('writable again')) recover();
  };
  const mock = await createMockServer({
    clock: 'virtual',
    data: dir,
    grace: 50,
    ...options,
    onTrouble,
  }).listen();
  open.push(mock);
  return { mock, messages, recovered };
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

describe('a mock on a full disk', () => {
  it.each(['full', 'half', 'unsynced'] as const)(
    "rejects a submission with the vendor's error: %s",
    async (state) => {
      const { mock, recovered, messages } = await start();
      const api = runwayCalls(mock.url);
      const { taskId: before } = await api.generate();
      disk.state = state;
      // The first submission hits the failure; the second is rejected because of it.
      for (let n = 0; n < 2; n++) {
        const { status, body } = await api.generate();
        expect([status, body]).toEqual([200, { code: 455, msg: expect.stringContaining('cannot write to') }]);
      }
      expect(mock.tasks.all().map(({ id }) => id)).toEqual([before]);
      expect(await health(mock)).toMatchObject({ status: 'degraded' });
      disk.state = 'works';
      await recovered;
      expect(await health(mock)).toMatchObject({ status: 'ok' });
      expect(messages).toEqual([
        expect.stringContaining('cannot write to'),
        expect.stringContaining('writable again'),
      ]);
      const { taskId: after } = await api.generate();
      await mock.close();
      const { mock: later } = await start();
      expect(later.tasks.all().map(({ id }) => id)).toEqual([before, after]);
      expect(later.data?.repairedBytes).toBe(0);
    },
  );

  it('suppresses callbacks of rejected tasks, and sends those of later tasks after the disk recovers', async () => {
    const receiver = await openReceiver();
    open.push(receiver);
    const { mock, recovered } = await start({ clock: 'real', speed: 100_000 });
    const api = runwayCalls(mock.url);
    disk.state = 'full';
    const refused = await api.generate({ callBackUrl: receiver.url });
    expect(refused.body.code).toBe(455);
    disk.state = 'works';
    await recovered;
    const { taskId } = await api.generate({ callBackUrl: receiver.url });
    await receiver.received(1);
    await mock.settled();
    expect(receiver.posts.map(({ body }) => body)).toEqual([expect.stringContaining(taskId)]);
  });

  it('holds back a due callback until the disk recovers', async () => {
    const receiver = await openReceiver();
    open.push(receiver);
    const { mock, recovered } = await start();
    const { taskId } = await runwayCalls(mock.url).generate({ callBackUrl: receiver.url });
    disk.state = 'full';
    const moved = mock.clock.advance('1h');
    while (((await health(mock)) as { status: string }).status === 'ok');
    expect(receiver.posts).toEqual([]);
    disk.state = 'works';
    await recovered;
    await moved;
    expect(mock.tasks.get(taskId)?.deliveries[0]?.status).toBe('acknowledged');
    expect(receiver.posts).toHaveLength(1);
  });

  it('can be closed', async () => {
    const receiver = await openReceiver();
    open.push(receiver);
    const { mock } = await start();
    await runwayCalls(mock.url).generate({ callBackUrl: receiver.url });
    disk.state = 'full';
    // Registered before the close, because the move may fail earlier.
    const failed = expect(mock.clock.advance('1h')).rejects.toMatchObject({ code: 'DATA_UNWRITABLE' });
    while (((await health(mock)) as { status: string }).status === 'ok');
    await mock.close();
    await failed;
    expect(receiver.posts).toEqual([]);
  });

  it('rejects library calls with an error code', async () => {
    const { mock } = await start();
    disk.state = 'full';
    await expect(mock.clock.advance('1s')).rejects.toMatchObject({ code: 'DATA_UNWRITABLE' });
    await expect(mock.clock.advance('1s')).rejects.toMatchObject({ code: 'DATA_UNWRITABLE' });
  });

  it('frees space with a reset', async () => {
    const { mock, recovered } = await start();
    await runwayCalls(mock.url).generate();
    disk.state = 'full';
    expect((await admin(mock, 'DELETE', '/scenarios')).status).toBe(503);
    disk.state = 'works';
    expect((await admin(mock, 'POST', '/reset')).status).toBe(204);
    await recovered;
    const lines = readFileSync(join(dir, 'journal.jsonl'), 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { format: 'stuntdouble-journal' },
      { type: 'server.reset' },
    ]);
  });

  it('continues in memory with one warning when relaxed, and persists the entries after the disk recovers', async () => {
    const { mock, messages, recovered } = await start({ durability: 'relaxed' });
    const api = runwayCalls(mock.url);
    disk.state = 'full';
    const ids = [(await api.generate()).taskId, (await api.generate()).taskId];
    expect(await health(mock)).toMatchObject(DEGRADED);
    expect(messages).toEqual([expect.stringMatching(/ENOSPC.*; continuing in memory$/)]);
    disk.state = 'works';
    await recovered;
    await mock.close();
    const { mock: later } = await start();
    expect(later.tasks.all().map(({ id }) => id)).toEqual(ids);
  });
});

describe('a mock whose snapshots do not fit on the disk', () => {
  const names = (): string[] => readdirSync(dir).filter((name) => name.includes('snapshot-'));
  const idsOf = (mock: MockServer): string[] => mock.tasks.all().map(({ id }) => id);

  /** Submits tasks until something is true, and waits after each until no snapshot is being written. */
  async function submitUntil(mock: MockServer, isDone: () => boolean): Promise<string[]> {
    const ids: string[] = [];
    while (!isDone()) {
      const { status, body, taskId } = await runwayCalls(mock.url).generate();
      expect([status, body.code]).toEqual([200, 200]);
      ids.push(taskId);
      await mock.settled();
    }
    return ids;
  }

  // The header of a new file fits into the second.
  it.each([0, 200])('continues without them, and loses nothing: %s bytes free', async (room) => {
    const options: MockServerOptions = { snapshotAfter: '4kb', rateLimit: 'off' };
    const { mock, messages } = await start(options);
    limits.room = room;
    const before = await submitUntil(mock, () => messages.length > 0);
    expect(messages).toEqual([
      expect.stringMatching(/^cannot write a snapshot to .*: ENOSPC.*; the journal keeps growing$/),
    ]);
    expect(await health(mock)).toMatchObject({ status: 'ok' });
    await mock.close();
    expect(names()).toEqual([]);

    const { mock: second, messages: later } = await start(options);
    expect(idsOf(second)).toEqual(before);
    removeLimits();
    const after = await submitUntil(second, () => names().length > 0);
    await second.close();
    expect(later).toEqual([]);

    const { mock: third } = await start(options);
    expect(idsOf(third)).toEqual([...before, ...after]);
    expect(third.data?.repairedBytes).toBe(0);
  });
});

/** Every admin call that changes state. */
const CHANGES = Object.entries(
  (readYamlFile(join(PACKAGE_ROOT, 'spec/admin.openapi.yaml')).value as { paths: Record<string, object> })
    .paths,
).flatMap(([path, methods]) =>
  Object.keys(methods)
    .filter((method) => method === 'post' || method === 'delete')
    // It only writes a page.
    .filter(() => path !== '/report.html')
    .map((method) => [method.toUpperCase(), path] as const),
);

const BODIES: Readonly<Record<string, object>> = {
  'POST /clock': { advance: '1s' },
  'POST /tasks/{taskId}/amend': { outcome: 'success' },
  'POST /scenarios': { scenario: 'success' },
};

describe('every admin call that changes state', () => {
  async function ready(
    path: string,
  ): Promise<StartedMock & { readonly call: (method: string, path: string) => Promise<Response> }> {
    const started = await start();
    const { taskId } = await runwayCalls(started.mock.url).generate({ callBackUrl: 'http://127.0.0.1:9/' });
    await started.mock.clock.advance(path.endsWith('/redeliver') ? '1h' : 0);
    const call = (method: string, path: string): Promise<Response> =>
      admin(started.mock, method, path.replace('{taskId}', taskId), BODIES[`${method} ${path}`]);
    return { ...started, call };
  }

  it.each(CHANGES)('is answered only after it is on disk: %s %s', async (method, path) => {
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

  it.each(CHANGES)('is rejected while the disk is full: %s %s', async (method, path) => {
    const { mock, call } = await ready(path);
    disk.state = 'full';
    for (let n = 0; n < 2; n++) {
      const response = await call(method, path);
      expect(response.status).toBe(503);
      expect(await response.json()).toMatchObject({
        code: 'DATA_UNWRITABLE',
        remedy: expect.stringContaining('retries automatically'),
      });
    }
    expect(await health(mock)).toMatchObject(DEGRADED);
  });
});
