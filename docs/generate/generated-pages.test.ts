import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { generatedPages } from './generated-pages.ts';
import { entriesWithoutPurpose, undocumented } from './library-page.ts';
import { ROOT } from './root.ts';

/** Set by `npm run docs`, which writes the pages instead of comparing them. */
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

  it('describe the purpose of each entry of the package', () => {
    expect(entriesWithoutPurpose()).toEqual([]);
  });

  it('describe each function, each option and each member of a mock', () => {
    expect(undocumented()).toEqual([]);
  });
});
