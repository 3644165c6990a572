import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { builtInPackDirs, loadPackAfresh, readPackFiles } from '../load-pack.ts';
import type { Pack } from '../pack.ts';
import { dryRunErrors } from './dry-run-errors.ts';
import { startRun } from './start-run.ts';

const PACKS = builtInPackDirs().map((dir) => ({ name: basename(dir), dir }));

function dryRun(dir: string, change: (pack: Pack) => Pack = (pack) => pack) {
  const run = startRun(change(loadPackAfresh(dir)), readPackFiles(dir).lifecycle);
  for (const operation of run.pack.operations) dryRunErrors(run, operation);
  return run;
}

describe('a dry run of errors', () => {
  it.each(PACKS)('finds no violation in $name', ({ dir }) => {
    const run = dryRun(dir);
    expect(run.findings).toEqual([]);
    expect(run.templates.size).toBeGreaterThan(0);
  });

  it.each(PACKS)('finds an error of $name that the document does not permit', ({ dir }) => {
    const run = dryRun(dir, (pack) => ({
      ...pack,
      errors: {
        ...pack.errors,
        forCode: () => ({ status: 400, body: '[]' }),
        forRole: () => ({ status: 400, body: '[]' }),
      },
    }));
    const described = run.pack.operations.some(
      ({ id }) => run.documented.get(id)?.operation.responses?.['400'] !== undefined,
    );
    expect(run.findings.length > 0).toBe(described);
  });
});
