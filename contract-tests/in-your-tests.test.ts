import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

/** Returns the code of a fixture as a user writes it. */
function asUser(fixture: string): string {
  return read(`fixtures/contracts/${fixture}`).replace(
    /'\.\.\/\.\.\/contract-tests\/([\w-]+)\.ts'/g,
    "'stuntdouble/$1'",
  );
}

it.each([
  ['setup-mock.ts', /^[\s\S]*$/],
  ['global-mock.ts', /^[\s\S]*$/],
  ['import-time.contract.ts', /^[\s\S]*?stage\.close\(\)\);\n/],
])('the guide shows %s as it was tested', (fixture, part) => {
  const [code = 'nothing'] = part.exec(asUser(fixture)) ?? [];
  // The import order depends on the name of the package.
  const sorted = (text: string): string[] => text.split('\n').sort();
  const guide = read('docs/in-your-tests.md');
  const blocks = [...guide.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, block = '']) => sorted(block));
  expect(blocks).toContainEqual(sorted(code));
});

it('the package has every entry that the guide imports', () => {
  const { exports } = JSON.parse(read('package.json')) as { readonly exports: Record<string, unknown> };
  const named = [...read('docs/in-your-tests.md').matchAll(/'stuntdouble\/([\w-]+)'/g)];
  expect(named.length).toBeGreaterThan(3);
  for (const [, entry = ''] of named) expect(Object.keys(exports)).toContain(`./${entry}`);
});
