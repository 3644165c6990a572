import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { settingsPage } from './settings-page.ts';

const FILE = join(import.meta.dirname, '../docs/settings.md');

/** `npm run docs` writes it. */
it('docs/settings.md has every option as it is', () => {
  expect(readFileSync(FILE, 'utf8')).toBe(settingsPage());
});
