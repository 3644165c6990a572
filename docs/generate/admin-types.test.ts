import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { generateAdminTypes } from './admin-types.ts';
import { ROOT } from './root.ts';

const FILE = join(ROOT, 'mock-server/console/admin-types.ts');

describe('the types of the admin API in the console', () => {
  it('match the OpenAPI document and the schema of reports (STUNTDOUBLE_WRITE=1 writes them)', async () => {
    const text = await generateAdminTypes();
    if (process.env.STUNTDOUBLE_WRITE !== undefined) writeFileSync(FILE, text);
    expect(readFileSync(FILE, 'utf8')).toBe(text);
  });
});
