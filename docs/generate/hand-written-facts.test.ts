import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadPacks } from '../../mock-server/index.ts';
import { exportsOf } from './declarations.ts';
import { ROOT } from './root.ts';

const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

/** The first cells of the table below a heading, without their backticks. */
function firstColumn(page: string, heading: string): string[] {
  const [, section = ''] = page.split(`${heading}\n`);
  const [table = ''] = /(^\|.*\n)+/m.exec(section) ?? [];
  return table
    .trim()
    .split('\n')
    .slice(2)
    .map((row) => row.split('|')[1]?.trim().replaceAll('`', '') ?? '');
}

describe('what hand-written pages say about code', () => {
  it('names every field of a probe answer', () => {
    const answer = exportsOf(join(ROOT, 'contract-tests/index.ts')).find(
      ({ name }) => name === 'ProbeAnswer',
    );
    expect(firstColumn(read('docs/verify-receiver.md'), '## The probe')).toEqual(
      answer?.members.map(({ path }) => path),
    );
  });

  it('names every grade that a fact can have', () => {
    const grades = new Set(loadPacks().flatMap(({ facts }) => facts.map(({ grade }) => grade)));
    expect(new Set(firstColumn(read('docs/concepts.md'), '## Grades'))).toEqual(grades);
  });

  it('lists the verdicts that a case can have', () => {
    const status = exportsOf(join(ROOT, 'contract-tests/report.ts')).find(({ name }) => name === 'Status');
    const names = firstColumn(read('docs/concepts.md'), '## Verdicts').map((name) =>
      name.replace('not strict', 'non-strict').replace(/^not /, 'not-'),
    );
    expect(names.map((name) => `'${name}'`).sort()).toEqual(status?.signature.match(/'[^']+'/g)?.sort());
  });

  it('lists a conclusion for each exit code of a suite', () => {
    const rows = firstColumn(read('docs/reports.md'), '## What the conclusion means');
    const conclusion = exportsOf(join(ROOT, 'contract-tests/report.ts')).find(
      ({ name }) => name === 'Conclusion',
    );
    // A run that passed has two names: with and without cases that could not be observed.
    expect(rows).toHaveLength((conclusion?.signature.match(/'[^']+'/g)?.length ?? 0) + 1);
  });
});
