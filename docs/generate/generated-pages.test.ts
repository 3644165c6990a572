import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { generatedPages } from './generated-pages.ts';
import { entriesWithoutPurpose, undocumented } from './library-page.ts';
import { ROOT } from './root.ts';

/** `npm run docs` sets it: the pages are written instead of compared. */
const WRITES = process.env.STUNTDOUBLE_WRITE !== undefined;

const pages = Object.entries(generatedPages());

describe('the generated pages ("npm run docs" writes them)', () => {
  it.each(pages)('%s is up to date', (name, text) => {
    const file = join(ROOT, name);
    if (WRITES) {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it('say what each entry of the package is for', () => {
    expect(entriesWithoutPurpose()).toEqual([]);
  });

  it('say what each function, each option and each member of a mock is for', () => {
    expect(undocumented()).toEqual([]);
  });
});
