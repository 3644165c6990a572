import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');

/** The files that define each name of a type, tests excluded. */
const files = readdirSync(ROOT, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !file.endsWith('.test.ts'),
);
const definedIn = new Map<string, string[]>();
for (const file of files) {
  for (const name of typesIn(readFileSync(join(ROOT, file), 'utf8'))) {
    definedIn.set(name, [...(definedIn.get(name) ?? []), file]);
  }
}

/** Returns the names of the types that a file defines. */
function typesIn(source: string): string[] {
  const definitions = source.matchAll(
    /^(?:export )?(?:abstract )?(?:interface|class|type) (\w+)\b(?!.* from ')/gm,
  );
  return [...definitions].map(([, name = '']) => name);
}

describe('the names of types', () => {
  it('are found, whether they are exported or not', () => {
    const source = 'interface A {}\nexport type B<T> = T;\nexport class C {}\nimport type D from "d";\n';
    expect(typesIn(source)).toEqual(['A', 'B', 'C']);
    expect(definedIn.get('SuiteReport')).toEqual(['report.ts']);
  });

  it('have one definition each, so that one name does not have two meanings', () => {
    const doubles = [...definedIn].filter(([, places]) => places.length > 1);
    expect(doubles.map(([name, places]) => `${name}: ${places.join(', ')}`)).toEqual([]);
  });
});
