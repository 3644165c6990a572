import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { validate as validateOpenApi } from '@readme/openapi-parser';
import { describe, expect, it } from 'vitest';
import {
  DOCUMENT,
  holdersOfExamples,
  keysOf,
  ROOT,
  violationsInExamples,
  walk,
} from './testing/admin-conformance.ts';
import { documentedNames, documentedStatuses } from './testing/documented-names.ts';

describe('the admin OpenAPI document', () => {
  it('is valid OpenAPI 3.1', async () => {
    const result = await validateOpenApi(structuredClone(DOCUMENT) as Parameters<typeof validateOpenApi>[0]);
    expect(result).toMatchObject({ valid: true, warnings: [] });
  });

  it('has examples that match their schemas', () => {
    const holders = holdersOfExamples(ROOT);
    expect(holders.length).toBeGreaterThan(15);
    expect(holders.flatMap(violationsInExamples)).toEqual([]);
  });

  it('lists the same journal entry types in three places', () => {
    const entry = walk(ROOT, 'components', 'schemas', 'JournalEntry');
    const types = Object.values(walk(ROOT, 'components', 'schemas', 'JournalType', 'enum')?.node ?? {});
    expect(keysOf(walk(entry, 'discriminator', 'mapping'))).toEqual(types);
    const mapped = Object.values(walk(entry, 'discriminator', 'mapping')?.node ?? {});
    const united = Object.values(walk(entry, 'oneOf')?.node ?? {});
    expect(united).toEqual(mapped.map(($ref) => ({ $ref })));
  });
});

describe('the tests of the admin API', () => {
  const files = [...documentedNames().keys()];

  it('are divided among several files', () => {
    expect(documentedStatuses().length).toBeGreaterThan(60);
    expect(files.length).toBeGreaterThan(8);
  });

  it.each(files)('cause what is documented in %s.test.ts', (file) => {
    const text = readFileSync(join(import.meta.dirname, `${file}.test.ts`), 'utf8');
    expect(text).toContain(`expect(missedBy('${file}')).toEqual([]);`);
  });
});
