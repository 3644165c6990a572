import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadPacks } from '../../mock-server/index.ts';
import { exportsOf } from './declarations.ts';
import { tableBelow } from './read-markdown.ts';
import { ROOT } from './root.ts';

const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

function firstColumn(page: string, heading: string): string[] {
  return tableBelow(page, heading).map(([first = '']) => first);
}

describe('the hand-written pages', () => {
  it('name every field of a probe answer', () => {
    const answer = exportsOf(join(ROOT, 'contract-tests/index.ts')).find(
      ({ name }) => name === 'ProbeAnswer',
    );
    expect(firstColumn(read('docs/verify-receiver.md'), '## The probe')).toEqual(
      answer?.members.map(({ path }) => path),
    );
  });

  it('name every grade that a fact can have', () => {
    const grades = new Set(loadPacks().flatMap(({ facts }) => facts.map(({ grade }) => grade)));
    expect(new Set(firstColumn(read('docs/concepts.md'), '## Grades'))).toEqual(grades);
  });

  it('list the verdicts that a case can have', () => {
    const status = exportsOf(join(ROOT, 'contract-tests/report.ts')).find(({ name }) => name === 'Status');
    const names = firstColumn(read('docs/concepts.md'), '## Verdicts').map((name) =>
      name.replace(/^not /, 'not-'),
    );
    expect(names.map((name) => `'${name}'`).sort()).toEqual(status?.signature.match(/'[^']+'/g)?.sort());
  });

  it('list the conclusions that a run can have', () => {
    const rows = firstColumn(read('docs/reports.md'), '## What the conclusion means');
    const conclusion = exportsOf(join(ROOT, 'contract-tests/report.ts')).find(
      ({ name }) => name === 'Conclusion',
    );
    // A run that passed has two names, with and without cases that could not be observed.
    expect(rows).toHaveLength((conclusion?.signature.match(/'[^']+'/g)?.length ?? 0) + 1);
  });
});

describe('the picture of the code', () => {
  it('names every folder of the repository that has code or data', () => {
    const folders = readdirSync(ROOT, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !/^(\.|node_modules$|dist$|coverage$)/.test(entry.name))
      .map(({ name }) => `${name}/`);
    const names = [...read('docs/house.svg').matchAll(/class="name"[^>]*>([^<]+)</g)].map(([, name]) => name);
    expect(folders.length).toBeGreaterThan(5);
    expect(folders.filter((folder) => !names.includes(folder))).toEqual([]);
  });
});
