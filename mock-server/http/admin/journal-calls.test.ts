import { once } from 'node:events';
import { appendFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runwayCalls } from '../../../fixtures/clients/runway-calls.ts';
import type { JournalEntry } from '../../index.ts';
import { PACKAGE_ROOT } from '../../packs/package-root.ts';
import {
  ask,
  finish,
  get,
  getJournal,
  getTask,
  nextEntry,
  opened,
  pagesFrom,
  post,
  problem,
  receiver,
  start,
  submit,
  theMock,
} from './testing/admin-client.ts';
import { ROOT, walk } from './testing/admin-conformance.ts';
import { missedBy } from './testing/documented-names.ts';
import { openEvents } from './testing/event-reader.ts';

describe('/journal', () => {
  it('returns entries of every type as documented', async () => {
    await start();
    await post('/scenarios', { scenario: 'success' });
    const { id } = await finish({ callback: (await receiver(500, 200)).url });
    const served = nextEntry('media.served');
    await (await fetch(`${theMock().url}/__media/${id}/video.mp4`)).arrayBuffer();
    await served;
    await (await fetch(`${theMock().url}/nobody/has/this`)).text();
    await (await fetch(`${theMock().url}/__sink`, { method: 'POST', body: '{}' })).text();
    await post(`/tasks/${id}/redeliver`);
    await post('/clock', { advance: '15d' });
    await ask('DELETE', '/scenarios');
    const types = new Set((await getJournal()).map(({ type }) => type));
    expect(types).toContain('media.served');
    expect(types.size).toBeGreaterThanOrEqual(13);
  });

  it('returns callbacks as they were sent, with their signature', async () => {
    await start({ secret: 'a secret' });
    const { url, posts } = await receiver();
    await finish({ callback: url });
    const [started] = await getJournal('?type=attempt.started');
    expect(started).toMatchObject({ url, body: posts[0]?.body });
    const written = started?.type === 'attempt.started' ? Object.entries(started.headers) : [];
    expect(written.map(([name]) => name)).toContain('X-Webhook-Signature');
    for (const [name, value] of written) expect(posts[0]?.headers[name.toLowerCase()]).toBe(value);
  });

  it('leaves times in bodies of others unchanged', async () => {
    await start();
    await runwayCalls(theMock().url).generate({ createdAt: 5, at: 6 });
    expect(await getJournal('?type=task.submitted')).toMatchObject([
      { plan: { request: { createdAt: 5, at: 6 } } },
    ]);
  });

  it('returns what happened to registered endpoints as documented', async () => {
    await start({ builtIn: false, packs: [join(PACKAGE_ROOT, 'fixtures/packs/lantern-video')] });
    const call = (method: string, path: string, body: object = {}) =>
      fetch(`${theMock().url}/v3${path}`, {
        method,
        headers: { authorization: 'Bearer key', 'content-type': 'application/json' },
        ...(method === 'DELETE' ? {} : { body: JSON.stringify(body) }),
      });
    const { url } = await receiver(500);
    const { id } = (await (await call('POST', '/endpoints', { url })).json()) as { readonly id: string };
    await call('POST', `/endpoints/${id}/ping`);
    await call('PATCH', `/endpoints/${id}`, { state: 'on' });
    for (let n = 0; n < 2; n++) {
      await call('POST', '/scenes', { prompt: 'a cat' });
      await post('/clock', { advance: '1h' });
    }
    await call('DELETE', `/endpoints/${id}`);
    const types = (await getJournal()).map(({ type }) => type).filter((type) => type.startsWith('endpoint.'));
    expect(types.toSorted()).toEqual(
      ['created', 'deleted', 'disabled', 'pinged', 'updated'].map((what) => `endpoint.${what}`),
    );
  });

  it('returns uploads, and which ones were forgotten after their lifetime, as documented', async () => {
    await start();
    const upload = () =>
      fetch(`${theMock().url}/market/api/file-base64-upload`, {
        method: 'POST',
        headers: { authorization: 'Bearer key', 'content-type': 'application/json' },
        body: JSON.stringify({ base64Data: 'aGVsbG8=', uploadPath: 'notes', fileName: 'hello.txt' }),
      });
    expect((await upload()).status).toBe(200);
    await post('/clock', { advance: '30d' });
    await upload();
    const types = (await getJournal()).map(({ type }) => type).filter((type) => type.startsWith('upload.'));
    expect(types).toEqual(['upload.stored', 'upload.forgotten', 'upload.stored']);
  });

  it('filters by type, task and position together', async () => {
    await start();
    const [first, second] = [await submit(), await submit()];
    await post('/clock', { advance: '1h' });
    const all = await getJournal();
    const expected = (keep: (entry: JournalEntry) => boolean) => all.filter(keep).map(({ seq }) => seq);
    const seqs = async (query: string) => (await getJournal(query)).map(({ seq }) => seq);
    const isOf = (entry: JournalEntry, id: string) => 'taskId' in entry && entry.taskId === id;
    expect(await seqs('?type=task.changed')).toEqual(expected(({ type }) => type === 'task.changed'));
    expect(await seqs(`?taskId=${second}`)).toEqual(expected((entry) => isOf(entry, second)));
    expect(await seqs('?since=3')).toEqual(expected(({ seq }) => seq > 3));
    expect(await seqs(`?type=task.changed&taskId=${first}&since=5`)).toEqual(
      expected((entry) => entry.type === 'task.changed' && isOf(entry, first) && entry.seq > 5),
    );
    expect(await seqs('?since=1000000')).toEqual([]);
  });

  it('links from page to page, up to the newest entry', async () => {
    await start();
    for (let n = 0; n < 3; n++) await submit();
    await post('/clock', { advance: '1h' });
    const all = await getJournal();
    const pages = await pagesFrom<JournalEntry>('/journal?limit=4');
    expect(pages.flat()).toEqual(all);
    expect(pages.slice(0, -1).map((page) => page.length)).toEqual(pages.slice(1).map(() => 4));
    const changes = await pagesFrom<JournalEntry>('/journal?type=task.changed&limit=1');
    expect(changes.flat()).toEqual(all.filter(({ type }) => type === 'task.changed'));
    expect(changes.length).toBe(changes.flat().length);
    expect(await pagesFrom('/journal?limit=0')).toEqual([[]]);
  });

  it('returns a thousand entries by default', async () => {
    await start();
    const id = await submit();
    const calls = runwayCalls(theMock().url);
    for (let n = 0; n < 1010; n++) await calls.details(id);
    expect(await getJournal()).toHaveLength(1000);
    expect(await getJournal('?limit=5000')).toHaveLength(1012);
    expect((await pagesFrom('/journal')).map((page) => page.length)).toEqual([1000, 12]);
  });

  it('accepts every documented type as a filter', async () => {
    await start();
    const types = Object.values(walk(ROOT, 'components', 'schemas', 'JournalType', 'enum')?.node ?? {});
    for (const type of types) expect(await getJournal(`?type=${type}`)).toEqual([]);
  });

  const BAD_FILTERS = ['since=-1', 'since=soon', 'since=', 'since=0x10', 'type=task.done', 'type=', 'task=1'];

  it.each([...BAD_FILTERS, 'type=task.changed&type=task.expired', 'taskId=1&taskId=2'])(
    'rejects ?%s in /journal and in /events',
    async (query) => {
      await start();
      expect(await getJournal(`?${query}`)).toEqual(problem('BAD_REQUEST', 400));
      expect(await get(`/events?${query}`)).toEqual(problem('BAD_REQUEST', 400));
    },
  );

  it('suggests types similar to an unknown one', async () => {
    await start();
    expect(await getJournal('?type=attempt.end')).toMatchObject({
      remedy: expect.stringContaining('attempt.ended'),
    });
  });

  it('is cleared without restarting the numbers', async () => {
    await start();
    const id = await submit();
    const last = (await getJournal()).at(-1)?.seq;
    expect((await ask('DELETE', '/journal')).status).toBe(204);
    expect(await getJournal()).toEqual([]);
    expect((await getTask(id)).id).toBe(id);
    await submit();
    // The entry about the clearing has a number as well.
    expect((await getJournal())[0]?.seq).toBe(Number(last) + 2);
  });

  it('is not cleared by a call with a filter', async () => {
    await start();
    const id = await submit();
    expect((await ask('DELETE', `/journal?taskId=${id}`)).json).toEqual(problem('BAD_REQUEST', 400));
    expect(await getJournal()).not.toEqual([]);
  });
});

describe('GET /events', () => {
  it('rejects more readers than the limit', async () => {
    await start();
    for (let n = 0; n < 64; n++) await openEvents('/events');
    expect((await ask('GET', '/events')).json).toEqual(problem('READERS_FULL', 503));
  });

  it('streams entries as they are written', async () => {
    await start();
    await submit();
    const stream = await openEvents('/events');
    await stream.take(1);
    const id = await submit();
    const [first, second] = await stream.take(2);
    expect(first).toMatchObject({ event: 'task.submitted', entry: { taskId: id } });
    expect(second).toMatchObject({ event: 'request.answered', entry: { taskId: id } });
    expect(first?.id).toBe(String(first?.entry?.seq));
  });

  it('streams requested existing entries first, then new ones', async () => {
    await start();
    await submit();
    const stream = await openEvents('/events?since=0');
    const past = (await stream.take(3)).flatMap(({ entry }) => entry ?? []);
    expect(past).toEqual(await getJournal());
    await submit();
    expect(await stream.take(1)).toMatchObject([{ id: '3' }]);
  });

  it('resumes after the last entry that a reader received', async () => {
    await start();
    const broken = await openEvents('/events');
    const greeting = await broken.take(1);
    await submit();
    const [last] = await broken.take(1);
    broken.close();
    await post('/clock', { advance: '1h' });
    const resumed = await openEvents('/events?since=0', { 'last-event-id': String(last?.id) });
    const missed = await getJournal(`?since=${last?.id}`);
    const events = await resumed.take(1 + missed.length);
    expect(events.slice(1).map(({ entry }) => entry)).toEqual(missed);
    expect([greeting[0]?.id, events[0]?.id]).toEqual(['0', last?.id]);
  });

  it('resumes for a reader that had not received an entry yet', async () => {
    await start();
    await submit();
    const broken = await openEvents('/events');
    const [greeting] = await broken.take(1);
    broken.close();
    const id = await submit();
    const resumed = await openEvents('/events', { 'last-event-id': String(greeting?.id) });
    expect(await resumed.take(2)).toMatchObject([{}, { entry: { taskId: id } }]);
  });

  it('ignores an invalid Last-Event-ID', async () => {
    await start();
    await submit();
    const stream = await openEvents('/events?since=1', { 'last-event-id': 'the first' });
    expect(await stream.take(2)).toMatchObject([{ id: '1' }, { id: '2' }]);
  });

  it('filters existing and new entries', async () => {
    await start();
    const ids = [await submit(), await submit()];
    const stream = await openEvents(`/events?since=0&type=task.changed&taskId=${ids[1]}`);
    await post('/clock', { advance: '1h' });
    const changes = await getJournal(`?type=task.changed&taskId=${ids[1]}`);
    const entries = (await stream.take(1 + changes.length)).flatMap(({ entry }) => entry ?? []);
    expect(entries).toEqual(changes);
  });

  it('streams any number of existing entries at the speed of the reader', async () => {
    await start();
    const padding = 'x'.repeat(900_000);
    for (let n = 0; n < 12; n++) await runwayCalls(theMock().url).generate({ prompt: padding });
    const stream = await openEvents('/events?since=0');
    await stream.take(2);
    const id = await submit();
    const rest = await stream.take(13);
    expect(rest.map(({ id }) => Number(id))).toEqual(Array.from({ length: 13 }, (_, n) => n + 2));
    expect(rest.at(-2)).toMatchObject({ entry: { type: 'task.submitted', taskId: id } });
  });

  it('ends at once for HEAD, so that the connection can be reused', async () => {
    const { url } = await start();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    opened.push(() => agent.destroy());
    const head = httpRequest(`${url}/__admin/events`, { method: 'HEAD', agent }).end();
    const [answer] = (await once(head, 'response')) as [IncomingMessage];
    answer.resume();
    const next = httpRequest(`${url}/__admin/health`, { agent }).end();
    const [health] = (await once(next, 'response')) as [IncomingMessage];
    health.resume();
    expect([answer.statusCode, health.statusCode]).toEqual([200, 200]);
  });
});

describe('DELETE /journal', () => {
  it('is announced in the event stream', async () => {
    await start();
    const stream = await openEvents('/events?type=journal.cleared');
    expect((await ask('DELETE', '/journal')).status).toBe(204);
    expect(await stream.take(2)).toMatchObject([{}, { event: 'journal.cleared' }]);
    expect(await getJournal()).toEqual([]);
  });
});

describe('edits of packs', () => {
  it('are in the journal, with the error of an invalid edit', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'stuntdouble-admin-'));
    opened.push(() => rmSync(dir, { recursive: true }));
    cpSync(join(PACKAGE_ROOT, 'spec/luma'), dir, { recursive: true });
    const { journal } = await start({ builtIn: false, packs: [dir], watch: true });
    for (const [line, type] of [
      ['# nothing new', 'pack.reloaded'],
      ['unheardOf: 1', 'pack.refused'],
    ]) {
      const reported = new Promise<void>((resolve) => {
        opened.push(journal.subscribe((entry) => entry.type === type && resolve()));
      });
      appendFileSync(join(dir, 'lifecycle.yaml'), `\n${line}\n`);
      await reported;
    }
    const entries = await getJournal();
    expect(entries).toMatchObject([
      { type: 'pack.reloaded', pack: 'luma', profile: 'documented' },
      { type: 'pack.refused', pack: 'luma', problem: expect.stringContaining('unheardOf') },
    ]);
  });
});

describe('the tests of the journal', () => {
  it('cause every documented status and journal entry', () => {
    expect(missedBy('journal-calls')).toEqual([]);
  });
});
