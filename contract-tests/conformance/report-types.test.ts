import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { differences } from './sdk-types/compare-types.ts';

const ROOT = join(import.meta.dirname, '../..');
const schema = JSON.parse(readFileSync(join(ROOT, 'spec/report.schema.json'), 'utf8')) as {
  readonly $defs: { readonly level: object };
};

const IMPORTS = [
  `import type { SuiteReport } from ${JSON.stringify(join(ROOT, 'contract-tests/report.ts'))};`,
  // Generated types are mutable.
  'type Writable<T> = T extends object ? { -readonly [Key in keyof T]: Writable<T[Key]> } : T;',
  "type Written = Writable<SuiteReport> & { format: 'stuntdouble.report/1' };",
];

// The types are written by hand, because they are part of the public interface, with comments of their own, and parts of
// a case are known before it runs. This test keeps them equal to the schema, which describes the file.
describe('the types of reports', () => {
  it('are equal to the types that the schema describes', async () => {
    expect(await differences(IMPORTS, [{ title: 'report', schema, type: 'Written' }])).toEqual([]);
  });

  it.each([
    ['a missing level', { ...schema, $defs: { ...schema.$defs, level: { enum: ['must', 'should'] } } }],
    [
      'an additional level',
      { ...schema, $defs: { ...schema.$defs, level: { enum: ['must', 'should', 'info', 'may'] } } },
    ],
  ])('differ from a schema with %s', async (_what, changed) => {
    expect(await differences(IMPORTS, [{ title: 'report', schema: changed, type: 'Written' }])).not.toEqual(
      [],
    );
  });
});
