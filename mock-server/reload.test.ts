import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMockServer, type JournalEntry, type MockServer } from './index.ts';
import { builtInPackDirs } from './packs/load-pack.ts';

/** Whichever pack comes first: what is edited is found in its files. */
const [SOURCE = ''] = builtInPackDirs();

let dir: string;
let mock: MockServer;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'stuntdouble-reload-'));
  cpSync(SOURCE, dir, { recursive: true });
  mock = await createMockServer({ builtIn: false, packs: [dir], watch: true, clock: 'virtual' }).listen();
});
afterEach(async () => {
  await mock.close();
  rmSync(dir, { recursive: true });
});

/** Edits a file of the pack, and waits until the mock has seen it. */
async function edit(change: (text: string) => string, file = 'lifecycle.yaml'): Promise<JournalEntry> {
  const seen = new Promise<JournalEntry>((resolve) => {
    const stop = mock.journal.subscribe((entry) => {
      if (!entry.type.startsWith('pack.')) return;
      stop();
      resolve(entry);
    });
  });
  const path = join(dir, file);
  const text = readFileSync(path, 'utf8');
  const changed = change(text);
  if (changed === text) throw new Error('the edit changes nothing');
  // As editors do: another file takes its place.
  writeFileSync(`${path}.new`, changed);
  renameSync(`${path}.new`, path);
  return seen;
}

const titled = (title: string) => (text: string) => text.replace(/^title: .*$/m, `title: ${title}`);

describe('a pack that is edited while it is played', () => {
  it('is played as it is now', async () => {
    expect(await edit(titled('A new title'))).toMatchObject({ type: 'pack.reloaded', profile: 'documented' });
    expect(mock.packs.map(({ title }) => title)).toEqual(['A new title']);
  });

  it('keeps its old form when the edit breaks it, and takes the mended one', async () => {
    const before = mock.packs[0]?.title;
    const refused = await edit((text) => text.replace('does: submit', 'does: something'));
    expect(refused).toMatchObject({
      type: 'pack.refused',
      problem: expect.stringMatching(/lifecycle\.yaml:\d+: .*expected one of submit[\s\S]*Mend/),
    });
    expect(mock.packs[0]?.title).toBe(before);
    const taken = await edit((text) => titled('Mended')(text.replace('does: something', 'does: submit')));
    expect(taken.type).toBe('pack.reloaded');
    expect(mock.packs[0]?.title).toBe('Mended');
  });

  it('is looked at when its document changes, too', async () => {
    expect((await edit((text) => text.replace(/^openapi: .*$/m, 'openapi: 2'), 'openapi.yaml')).type).toBe(
      'pack.refused',
    );
  });

  it('keeps its name', async () => {
    const { name = '' } = mock.packs[0] ?? {};
    const refused = await edit((text) =>
      text.replaceAll(`${name}.`, 'other.').replace(/^pack: .*$/m, 'pack: other'),
    );
    expect(refused).toMatchObject({
      type: 'pack.refused',
      problem: expect.stringContaining('calls itself "other"'),
    });
    expect(mock.packs[0]?.name).toBe(name);
  });

  it('must have what tasks under way need', async () => {
    const event = [...(mock.packs[0]?.events.keys() ?? [])][0] ?? '';
    const { id } = await mock.tasks.trigger(event, { to: 'http://127.0.0.1:9/callback' });
    await mock.settled();
    expect(mock.tasks.get(id)?.deliveries[0]?.status).toBe('pending');
    const state = mock.tasks.get(id)?.state ?? '';
    const renamed = (text: string): string =>
      text.replaceAll(new RegExp(`\\b${state}\\b`, 'g'), 'FINISHED_NOW');
    const refused = await edit(renamed);
    expect(refused).toMatchObject({ problem: expect.stringContaining(`task ${id} is under way and needs`) });
    mock.reset();
    expect((await edit((text) => `${text}\n`)).type).toBe('pack.reloaded');
  });

  it('is refused when it claims what another pack has', async () => {
    const [, other = ''] = builtInPackDirs();
    await mock.close();
    const copy = mkdtempSync(join(tmpdir(), 'stuntdouble-reload-'));
    cpSync(other, copy, { recursive: true });
    mock = await createMockServer({ builtIn: false, packs: [dir, copy], watch: true }).listen();
    const [first, second] = mock.packs;
    const route = (pack = first) => pack?.operations.find(({ method }) => method === 'POST')?.path ?? '';
    const refused = await edit((text) => text.replace(route(first), route(second)), 'openapi.yaml');
    expect(refused).toMatchObject({ type: 'pack.refused', problem: expect.stringContaining('both claim') });
    expect(mock.packs[0]?.operations).toEqual(first?.operations);
    rmSync(copy, { recursive: true });
  });
});
