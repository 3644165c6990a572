import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { builtInPackDirs, loadPack, loadPackAfresh } from './load-pack.ts';
import { preparePacks } from './prepare-packs.ts';
import { findPrepared } from './prepared-packs.ts';

const made: string[] = [];
afterEach(() => {
  for (const dir of made.splice(0)) rmSync(dir, { recursive: true });
});

describe('prepared packs', () => {
  it('exist for every built-in pack, and equal the pack from its files in every profile', () => {
    preparePacks();
    for (const dir of builtInPackDirs()) {
      expect(findPrepared(dir)).not.toBeNull();
      for (const profile of loadPackAfresh(dir).profiles) {
        const shown = JSON.stringify(loadPack(dir, profile));
        expect(JSON.parse(shown)).toEqual(JSON.parse(JSON.stringify(loadPackAfresh(dir, profile))));
        expect(shown).toContain(`"profile":"${profile}"`);
      }
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
