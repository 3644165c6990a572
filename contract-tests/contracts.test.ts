import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';

const VITEST = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
const CONFIG = join(import.meta.dirname, '../fixtures/contracts/vitest.config.ts');

interface Shown {
  readonly code: number | null;
  /** Standard output and error, as a user sees them. */
  readonly text: string;
  /** The line of a test, by the beginning of its title. */
  line(title: string): string;
}

/** What a test run of a user shows. */
function runContract(name: string, env: Readonly<Record<string, string>> = {}): Promise<Shown> {
  const args = [VITEST, 'run', '--config', CONFIG, '--reporter', 'verbose', `${name}.contract.ts`];
  // Variables of the test run around it would make it a worker.
  const inherited = Object.entries(process.env).filter(
    ([key]) => !/^(VITEST|TEST$|FORCE_COLOR|NODE_V8)/.test(key),
  );
  const child = spawn(process.execPath, args, {
    env: { ...Object.fromEntries(inherited), NO_COLOR: '1', ...env },
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      text += chunk;
    });
  }
  const line = (title: string): string => text.split('\n').find((one) => one.includes(`> ${title}`)) ?? '';
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, text, line })));
}

describe('a contract in a test run', { timeout: 60_000 }, () => {
  it('skips a broken SHOULD and what cannot be observed, with the reason', async () => {
    const { code, text, line } = await runContract('open-points');
    expect(code).toBe(0);
    expect(line('RCV-ACK-01')).toMatch(/^ ✓ /);
    expect(line('RCV-FAIL-01')).toMatch(/^ ↓ .*\[not observable: .*--probe.* \(ack passed\)\]$/);
    expect(line('RCV-ENV-08')).toMatch(/^ ↓ .*\[SHOULD broken: expected HTTP 4xx .*; actual: HTTP 200 after/);
    const [, open = ''] = /Skipped, but open: (.*)\./.exec(text) ?? [];
    expect(open.split('; ').sort()).toEqual(['SHOULD broken: RCV-ENV-08', 'not observable: RCV-FAIL-01']);
    expect(text).toContain('the receiver has 1 s for each answer (ackTimeout)');
  });

  it('fails both under strict', async () => {
    const { code, line } = await runContract('open-points', { STRICT: '1' });
    expect(code).toBe(1);
    expect(line('RCV-ACK-01')).toMatch(/^ ✓ /);
    for (const id of ['RCV-FAIL-01', 'RCV-ENV-08']) expect(line(id)).toMatch(/^ × /);
  });

  it('fails the case during which the app throws, and no other', async () => {
    const { code, text, line } = await runContract('throws');
    expect(code).toBe(1);
    expect(line('RCV-ENV-05')).toMatch(/^ × /);
    for (const id of ['RCV-ACK-01', 'RCV-ACK-02', 'RCV-MED-01']) expect(line(id)).toMatch(/^ ✓ /);
    expect(text).toMatch(/effect ✗ +expected +no exception of the application is left uncaught/);
    expect(text).toMatch(
      /actual +unhandled rejection: TypeError: Cannot destructure .*throws\.contract\.ts/s,
    );
    expect(text).toMatch(/note +✗ unhandled rejection: TypeError/);
    expect(text).toMatch(/reproduce +npx vitest run \S*throws\.contract\.ts -t RCV-ENV-05\n/);
    expect(text).not.toMatch(/Unhandled Errors/i);
  });

  it('says what to do when nothing listens', async () => {
    const { code, text } = await runContract('nobody');
    expect(code).toBe(1);
    expect(text).toMatch(/http:\/\/127\.0\.0\.1:1\/callback: .*ECONNREFUSED/);
    expect(text).toContain('start the receiver first');
    expect(text).not.toMatch(/hook timed out/i);
  });

  it('fails an app that accepts everything and does nothing, before any test', async () => {
    const { code, text, line } = await runContract('catch-all');
    expect(code).toBe(1);
    expect(text).toContain('Nothing could be concluded: Not a receiver as far as can be seen');
    expect(line('RCV-ACK-01')).toMatch(/^ ↓ /);
  });

  it('tells an app that never answers from one that is not called', async () => {
    const { code, text, line } = await runContract('hangs');
    expect(code).toBe(1);
    expect(line('RCV-ACK-01')).toMatch(/^ × /);
    expect(text).toMatch(/actual +timeout after \d+ ms/);
    expect(line('RCV-MED-01')).toMatch(/^ ↓ .*\[not observable: Not run: /);
    expect(text).not.toMatch(/hook timed out|Accepted are/i);
  });

  it('says what is accepted when the app cannot be called, and not that it timed out', async () => {
    const { code, text } = await runContract('not-an-app');
    expect(code).toBe(1);
    expect(text).toContain('The app returned an object with the keys statusCode for a Request');
    expect(text).toContain('Accepted are: an Express or Connect app');
    expect(text).not.toMatch(/timed out|timeout after/i);
  });
});

describe('a module that reads the environment when it is imported', { timeout: 60_000 }, () => {
  let shown: Shown;
  beforeAll(async () => {
    shown = await runContract('import-time');
  });

  it.each(['a hoisted mock', 'the mock of a setup file', 'the mock of a global setup'])(
    'finds %s',
    (which) => {
      expect(shown.line(`finds ${which} `)).toMatch(/^ ✓ /);
      expect(shown.code).toBe(0);
    },
  );
});
