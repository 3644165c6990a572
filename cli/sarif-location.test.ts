import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sarifLocation } from './sarif-location.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'stuntdouble-sarif-'));
  mkdirSync(join(root, '.git'));
  mkdirSync(join(root, 'apps/hooks'), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

describe('the file that SARIF results refer to', () => {
  it('is the manifest in the working directory, relative to the root of the repository', () => {
    writeFileSync(join(root, 'apps/hooks/pyproject.toml'), '');
    expect(sarifLocation(join(root, 'apps/hooks'))).toBe('apps/hooks/pyproject.toml');
  });

  it('is the file that the user specifies', () => {
    expect(sarifLocation(join(root, 'apps/hooks'), 'src/receiver.ts')).toBe('apps/hooks/src/receiver.ts');
    expect(sarifLocation(root, join(root, 'apps/hooks/a.php'))).toBe('apps/hooks/a.php');
  });

  it('is package.json if the folder does not contain a manifest', () => {
    expect(sarifLocation(root)).toBe('package.json');
  });
});
