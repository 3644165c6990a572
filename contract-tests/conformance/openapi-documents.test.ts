import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { validate } from '@readme/openapi-parser';
import { describe, expect, it } from 'vitest';

const SPEC = join(import.meta.dirname, '../../spec');

const documents = readdirSync(SPEC, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('openapi.yaml'))
  .sort();

describe('the OpenAPI documents', () => {
  it("include ours and at least one vendor's", () => {
    expect(documents).toEqual(expect.arrayContaining(['admin.openapi.yaml', 'runway/openapi.yaml']));
  });

  it.each(documents)('%s is valid OpenAPI 3.1', async (file) => {
    expect(await validate(join(SPEC, file))).toMatchObject({ valid: true, warnings: [] });
  });
});
