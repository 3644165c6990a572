import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  openReceiver,
  type Reaction,
  type ScriptedReceiver,
} from '../fixtures/receivers/scripted-receiver.ts';
import { createMockServer, type JournalEntry, type MockServer, type MockServerOptions } from './index.ts';
import { PACKAGE_ROOT } from './packs/package-root.ts';

const SPEC = join(PACKAGE_ROOT, 'spec');
const NAME = 'luma';
const EVENT = 'luma.modify';
const CREATE = '/api/v1/modify/generate';
const DETAILS = '/api/v1/modify/record-info';
const UNUSED_URL = 'http://127.0.0.1:9/callback';

let dir: string;
let mock: MockServer;
const undo: (() => unknown)[] = [];
beforeEach(() => {
  dir = folder();
  cpSync(join(SPEC, NAME), dir, { recursive: true });
});
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'stuntdouble-reload-'));
  undo.push(() => rmSync(made, { recursive: true }));
  return made;
}

async function serve(options: MockServerOptions = {}): Promise<void> {
  const same = { builtIn: false, packs: [dir], watch: true, clock: 'virtual', retries: 1 } as const;
  mock = await createMockServer({ ...same, ...options }).listen();
  undo.push(mock.close);
}

async function receiver(...script: Reaction[]): Promise<ScriptedReceiver> {
  const made = await openReceiver(...script);
  undo.push(() => made.close());
  return made;
}

const lifecycle = () => join(dir, 'lifecycle.yaml');
const document = () => join(dir, 'openapi.yaml');

type Change = (text: string) => string;

function rewrite(change: Change, path = lifecycle()): void {
  const text = readFileSync(path, 'utf8');
  const changed = change(text);
  if (changed === text) throw new Error('the edit changes nothing');
  // Replaces the file, as editors do.
  writeFileSync(`${path}.new`, changed);
  renameSync(`${path}.new`, path);
}

/** Edits a file of the pack and waits until the mock has noticed. */
function edit(change: Change, path = lifecycle()): Promise<JournalEntry> {
  return new Promise((resolve) => {
    const stop = mock.journal.subscribe((entry) => {
      if (!entry.type.startsWith('pack.')) return;
      stop();
      resolve(entry);
    });
    rewrite(change, path);
  });
}

const titled =
  (title: string): Change =>
  (text) =>
    text.replace(/^title: .*$/m, `title: ${title}`);

/** Returns an edit that renames a state in tasks, polls and callbacks. */
const renamedState =
  (from: string, to: string): Change =>
  (text) =>
    text
      .replaceAll(new RegExp(`^( +)${from}:`, 'gm'), `$1${to}:`)
      .replaceAll(`state: ${from}`, `state: ${to}`)
      .replaceAll(`success: ${from},`, `success: ${to},`)
      .replaceAll(`/${from}`, `/${to}`);

const renamedPack: Change = (text) =>
  text.replaceAll(`${NAME}.`, 'other.').replace(/^pack: .*$/m, 'pack: other');

const HEADERS = { authorization: 'Bearer any', 'content-type': 'application/json' };
const REQUEST = { prompt: 'a cat', videoUrl: 'https://example.com/street.mp4' };

async function call(path: string, body?: object) {
  const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  const response = await fetch(mock.url + path, { ...init, headers: HEADERS });
  return (await response.json()) as { code: number; msg: string; data: { taskId: string } };
}

const details = (id: string) => call(`${DETAILS}?taskId=${id}`);

describe('a pack that is edited while it is served', () => {
  it('is served in its new version', async () => {
    await serve();
    expect(await edit(titled('A new title'))).toMatchObject({
      type: 'pack.reloaded',
      pack: NAME,
      profile: 'documented',
    });
    expect(mock.packs.map(({ title }) => title)).toEqual(['A new title']);
  });

  it('gets new paths, request rules and scenarios', async () => {
    await serve();
    const { videoUrl: _, ...short } = REQUEST;
    expect((await call(CREATE, short)).code).toBe(422);
    await edit(
      (text) => text.replace(`${CREATE}:`, '/changed:').replace('[prompt, videoUrl]', '[prompt]'),
      document(),
    );
    expect((await call(CREATE, short)).code).toBe(404);
    expect((await call('/changed', short)).code).toBe(200);
    expect(() => mock.scenarios.enqueue('fail.gremlins')).toThrow(/fail\.gremlins/);
    await edit((text) => text.replace(/^ {2}generate:$/m, '  gremlins:'));
    expect(mock.scenarios.list().map(({ name }) => name)).toContain('fail.gremlins');
    mock.scenarios.enqueue('fail.gremlins');
    const { data } = await call('/changed', short);
    expect(mock.tasks.get(data.taskId)?.scenario).toBe('fail.gremlins');
  });

  it('is served in its previous version if the edit is invalid, until it is corrected', async () => {
    await serve();
    const before = mock.packs[0];
    const refused = await edit((text) => text.replace('does: submit', 'does: something'));
    expect(refused).toMatchObject({
      type: 'pack.refused',
      problem: expect.stringMatching(/lifecycle\.yaml:\d+: .*expected one of submit[\s\S]*Fix/),
    });
    expect(mock.packs[0]).toBe(before);
    expect((await call(CREATE, REQUEST)).code).toBe(200);
    const taken = await edit((text) => titled('Corrected')(text.replace('does: something', 'does: submit')));
    expect(taken.type).toBe('pack.reloaded');
    expect(mock.packs[0]?.title).toBe('Corrected');
  });

  it('cannot be renamed, because its mount depends on the name', async () => {
    await serve({ packs: [dir, join(SPEC, NAME)], mounts: {} }).catch(() => undefined);
    await serve({ mounts: { [NAME]: '/mine' } });
    rewrite((text) => text.replaceAll('luma.modify', 'other.modify'), document());
    expect(await edit(renamedPack)).toMatchObject({
      type: 'pack.refused',
      problem: expect.stringContaining('was renamed to "other"'),
    });
    expect(mock.packs.map(({ name }) => name)).toEqual([NAME]);
    expect((await call(`/mine${CREATE}`, REQUEST)).code).toBe(200);
  });

  it('loses the root, with a warning, if it claims a path of a pack with precedence', async () => {
    const copy = folder();
    cpSync(join(SPEC, 'runway'), copy, { recursive: true });
    const troubles: string[] = [];
    await serve({ packs: [dir, copy], onTrouble: (message) => troubles.push(message) });
    const claimed = mock.packs[1]?.routes[0]?.path ?? '';
    expect(await edit((text) => text.replace(CREATE, claimed), document())).toMatchObject({
      type: 'pack.reloaded',
    });
    expect(troubles).toEqual([
      `the pack "${NAME}" is no longer served at the root, because it has a path in common with runway; call it at /${NAME}`,
    ]);
    expect(await call(`/${NAME}${claimed}`, REQUEST)).toMatchObject({ code: 200 });
    expect(mock.journal.entries({ type: 'request.answered' }).at(-1)).toMatchObject({ pack: NAME });
    await call(claimed, REQUEST);
    expect(mock.journal.entries({ type: 'request.answered' }).at(-1)).toMatchObject({ pack: 'runway' });
  });

  it('is rejected if it claims a path of another pack at its prefix', async () => {
    const copy = folder();
    cpSync(join(SPEC, 'runway'), copy, { recursive: true });
    await serve({ packs: [dir, copy], mounts: { [NAME]: '/same', runway: '/same' } });
    const before = mock.packs[0];
    const refused = await edit(
      (text) => text.replace(CREATE, mock.packs[1]?.routes[0]?.path ?? ''),
      document(),
    );
    expect(refused).toMatchObject({ type: 'pack.refused', problem: expect.stringContaining('both claim') });
    expect(mock.packs[0]).toBe(before);
  });
});

describe('a task whose pack is edited', () => {
  it('continues, with answers and callbacks of the new version', async () => {
    await serve();
    const { url, posts } = await receiver(500, 200);
    const { id } = await mock.tasks.trigger(EVENT, { to: url });
    await mock.settled();
    expect((await details(id)).msg).toBe('success');
    const said = 'Modify record generated successfully.';
    await edit((text) => text.replaceAll('msg: success', 'msg: fine').replace(said, 'It is done.'));
    expect((await details(id)).msg).toBe('fine');
    await mock.clock.advance('1h');
    expect(posts.map(({ body }) => JSON.parse(body).msg)).toEqual([said, 'It is done.']);
    expect(mock.tasks.get(id)?.deliveries[0]?.status).toBe('acknowledged');
  });

  it('prevents edits that remove what it needs, until it ends or the mock is reset', async () => {
    await serve();
    const { id } = await mock.tasks.trigger(EVENT, { to: UNUSED_URL });
    await mock.settled();
    const refused = await edit(renamedState('success', 'done'));
    expect(refused).toMatchObject({
      type: 'pack.refused',
      problem: expect.stringMatching(`task ${id} is active and needs .*"success".*\\n.*/__admin/reset`),
    });
    expect((await details(id)).code).toBe(200);
    mock.reset();
    expect((await edit(titled('Wiped'))).type).toBe('pack.reloaded');
    expect((await call(CREATE, REQUEST)).code).toBe(200);
  });

  it('prevents such edits during a redelivery after its end', async () => {
    await serve();
    const { url, posts } = await receiver(200, 500);
    const { id } = await mock.tasks.trigger(EVENT, { to: url });
    await mock.settled();
    mock.tasks.redeliver(id);
    await mock.settled();
    expect(await edit(renamedState('success', 'done'))).toMatchObject({
      problem: expect.stringContaining(`task ${id} is active`),
    });
    await mock.clock.advance('1h');
    expect(posts).toHaveLength(3);
  });

  it("is answered with the vendor's error if its final state was removed", async () => {
    await serve();
    const { url } = await receiver(200);
    const { id } = await mock.tasks.trigger(EVENT, { to: url });
    await mock.settled();
    expect((await edit(renamedState('success', 'done'))).type).toBe('pack.reloaded');
    expect(await details(id)).toMatchObject({ code: 500, msg: expect.stringContaining('"success"') });
    expect(() => mock.tasks.redeliver(id)).toThrow(/no callback is sent in state "success"/);
  });

  it('is planned by the new version if its request was in flight', async () => {
    await serve();
    const headers = { ...HEADERS, expect: '100-continue' };
    const request = httpRequest(mock.url + CREATE, { method: 'POST', headers });
    const answered = new Promise<string>((resolve, reject) => {
      request.on('error', reject);
      request.on('response', (response) => response.setEncoding('utf8').on('data', resolve));
    });
    const begun = new Promise<void>((resolve) => request.on('continue', resolve));
    request.flushHeaders();
    await begun;
    expect((await edit(renamedState('generating', 'working'))).type).toBe('pack.reloaded');
    request.end(JSON.stringify(REQUEST));
    const { data } = JSON.parse(await answered);
    expect(mock.tasks.get(data.taskId)?.state).toBe('working');
    expect((await details(data.taskId)).code).toBe(200);
  });

  it('is rejected if its path was removed while its request was in flight', async () => {
    await serve();
    const headers = { ...HEADERS, expect: '100-continue' };
    const request = httpRequest(mock.url + CREATE, { method: 'POST', headers });
    const answered = new Promise<string>((resolve, reject) => {
      request.on('error', reject);
      request.on('response', (response) => response.setEncoding('utf8').on('data', resolve));
    });
    const begun = new Promise<void>((resolve) => request.on('continue', resolve));
    request.flushHeaders();
    await begun;
    await edit((text) => text.replace(`${CREATE}:`, '/changed:'), document());
    request.end(JSON.stringify(REQUEST));
    expect(JSON.parse(await answered)).toMatchObject({ code: 404, msg: expect.stringContaining(CREATE) });
  });

  it('resumes after a restart, unless the pack lacks what it needs', async () => {
    const data = folder();
    await serve({ data });
    const { id } = await mock.tasks.trigger(EVENT, { to: UNUSED_URL });
    await mock.settled();
    await edit((text) => text.replaceAll('msg: success', 'msg: fine'));
    await edit((text) => `${text}\nunheardOf: 1\n`);
    await edit((text) => text.replace('unheardOf: 1', ''));
    await mock.close();
    await serve({ data });
    expect((await details(id)).msg).toBe('fine');
    expect(mock.tasks.get(id)?.deliveries[0]).toMatchObject({ status: 'pending', attempts: [{ n: 1 }] });
    await mock.close();
    rewrite(renamedState('success', 'done'));
    expect(() => createMockServer({ builtIn: false, packs: [dir], data })).toThrow(
      expect.objectContaining({ code: 'PACK_IN_USE', message: expect.stringContaining(id) }),
    );
  });
});

describe('the files of a pack', () => {
  it('are watched with any spelling of their folder', async () => {
    await serve({ packs: [`${relative(process.cwd(), dir)}/`] });
    expect((await edit(titled('Seen'))).type).toBe('pack.reloaded');
  });

  it('are watched if the folder is a link', async () => {
    const link = join(folder(), 'link');
    symlinkSync(dir, link);
    await serve({ packs: [link] });
    expect((await edit(titled('Seen'))).type).toBe('pack.reloaded');
  });

  it('include its document, inside and outside of the folder', async () => {
    const shared = join(folder(), 'shared.yaml');
    cpSync(document(), shared);
    rewrite((text) => text.replace('openapi.yaml', relative(dir, shared)));
    await serve();
    const newer: Change = (text) => text.replace(/^openapi: .*$/m, 'openapi: 2');
    expect(await edit(newer, shared)).toMatchObject({
      type: 'pack.refused',
      problem: expect.stringMatching(/shared\.yaml:\d+: .*expected an OpenAPI 3 document/),
    });
  });

  it('are still served if they cannot be watched, which is reported once', async () => {
    symlinkSync('loop', join(dir, 'loop'));
    const trouble: string[] = [];
    await serve({ onTrouble: (message) => trouble.push(message) });
    expect((await edit(titled('Seen'))).type).toBe('pack.reloaded');
    expect(trouble).toEqual([expect.stringContaining('ELOOP')]);
  });

  it('are no longer watched after the mock is closed, even immediately', async () => {
    const early = createMockServer({ builtIn: false, packs: [dir], watch: true });
    const listening = early.listen();
    await early.close();
    await expect(listening).resolves.toBe(early);
  });
});
