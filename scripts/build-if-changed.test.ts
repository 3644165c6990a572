import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const SCRIPT = fileURLToPath(new URL('build-if-changed.mjs', import.meta.url));

describe('build-if-changed', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'stuntdouble-build-'));
    for (const folder of ['src', 'dist', 'docs']) mkdirSync(join(dir, folder));
    const count = `node -e "fs.appendFileSync('docs/builds','x')"`;
    write('package.json', JSON.stringify({ scripts: { build: `${count} && node ${SCRIPT} --built` } }));
    write('src/a.ts', '1');
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  const write = (path: string, text: string): void => writeFileSync(join(dir, path), text);
  function run(): { builds: number; status: number | null; err: string } {
    const { status, stderr } = spawnSync(process.execPath, [SCRIPT], { cwd: dir, encoding: 'utf8' });
    return { builds: readFileSync(join(dir, 'docs/builds'), 'utf8').length, status, err: stderr };
  }

  it('builds once, and again only after a change to what is built', () => {
    expect(run()).toEqual({ builds: 1, status: 0, err: expect.stringContaining('building') });
    expect(run()).toEqual({ builds: 1, status: 0, err: '' });
    write('src/a.test.ts', 'a test');
    write('docs/page.md', 'a page');
    expect(run().builds).toBe(1);
    write('src/b.ts', 'a new file');
    expect(run().builds).toBe(2);
    rmSync(join(dir, 'src/b.ts'));
    expect(run().builds).toBe(3);
    utimesSync(join(dir, 'src/a.ts'), 1, 1);
    expect(run().builds).toBe(4);
    rmSync(join(dir, 'dist/.built'));
    expect(run().builds).toBe(5);
  });

  it('fails when the build fails, and builds again next time', () => {
    write('package.json', JSON.stringify({ scripts: { build: 'node -e "process.exit(4)"' } }));
    write('docs/builds', '');
    expect(run().status).toBe(4);
    expect(run().status).toBe(4);
  });
});
