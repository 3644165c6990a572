import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createMockServer } from '../index.ts';
import { builtInPackDirs, loadPack, loadPackAfresh } from './load-pack.ts';
import type { Pack } from './pack.ts';
import { preparePacks } from './prepare-packs.ts';
import { findPrepared } from './prepared-packs.ts';
import { vocabularyOf } from './vocabulary.ts';

const made: string[] = [];
afterEach(() => {
  for (const dir of made.splice(0)) rmSync(dir, { recursive: true });
});

/** Makes a pack fail if a part is read for which it must be compiled. */
function uncompiled(pack: Pack): Pack {
  for (const [part, { get }] of Object.entries(Object.getOwnPropertyDescriptors(pack))) {
    if (get === undefined) continue;
    Object.defineProperty(pack, part, {
      get() {
        throw new Error(`"${part}" of the pack "${pack.name}" was read`);
      },
    });
  }
  return pack;
}

describe('prepared packs', () => {
  it('exist for every built-in pack, and equal the pack from its files in every profile', () => {
    preparePacks();
    for (const dir of builtInPackDirs()) {
      expect(findPrepared(dir)).not.toBeNull();
      for (const profile of loadPackAfresh(dir).profiles) {
        const shown = JSON.stringify(loadPack(dir, profile));
        const afresh = loadPackAfresh(dir, profile);
        expect(JSON.parse(shown)).toEqual(JSON.parse(JSON.stringify(afresh)));
        // The words of a prepared pack are read without compiling it.
        const words = vocabularyOf(uncompiled(loadPack(dir, profile)));
        expect([...words].sort()).toEqual([...vocabularyOf(afresh)].sort());
        expect(shown).toContain(`"profile":"${profile}"`);
      }
    }
  });

  it('are not compiled by calls that do not address them, even with a key that looks like a word', async () => {
    const mock = await createMockServer().listen();
    try {
      for (const pack of mock.packs) uncompiled(pack);
      for (const key of ['sunset', 'prompt', 'sk-0123456789abcdef0123456789']) {
        for (const path of ['/unknown/path', '/', '/v2/__proto__']) {
          const headers = { authorization: `Bearer ${key}` };
          const { status } = await fetch(mock.url + path, { headers, method: 'POST', body: '{}' });
          expect([path, status]).toEqual([path, 404]);
        }
      }
    } finally {
      await mock.close();
    }
  });

  it.each(['lifecycle.yaml', 'openapi.yaml'])('are ignored when one byte of %s has changed', (file) => {
    const dir = mkdtempSync(join(tmpdir(), 'stuntdouble-pack-'));
    made.push(dir);
    cpSync(builtInPackDirs()[0] ?? '', dir, { recursive: true });
    expect(findPrepared(dir)?.source()).toEqual(findPrepared(builtInPackDirs()[0] ?? '')?.source());
    writeFileSync(join(dir, file), `${readFileSync(join(dir, file), 'utf8')}#`);
    expect(findPrepared(dir)).toBeNull();
    expect(loadPack(dir).facts.length).toBeGreaterThan(0);
  });
});
