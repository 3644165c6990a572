import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';

const VITEST = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
const CONFIG = join(import.meta.dirname, '../fixtures/contracts/vitest.config.ts');
/** A test runner has to start on a machine that may be busy. */
const LIMIT_MS = 120_000;

/** Output of a user's test run. */
interface Shown {
  readonly code: number | null;
  /** Standard output and error. */
  readonly text: string;
  /** The line of a test, by its file and the start of its title. */
  line(file: string, title: string): string;
  /** All failures of a file. */
  failures(file: string): string;
}

function runContracts(names: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Shown> {
  const files = names.map((name) => `${name}.contract.ts`);
  // The variables of the surrounding test run would make it a worker.
  const inherited = Object.entries(process.env).filter(
    ([key]) => !/^(VITEST|TEST$|FORCE_COLOR|NODE_V8)/.test(key),
  );
  const child = spawn(
    process.execPath,
    [VITEST, 'run', '--config', CONFIG, '--reporter', 'verbose', ...files],
    {
      env: { ...Object.fromEntries(inherited), NO_COLOR: '1', ...env },
    },
  );
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      text += chunk;
    });
  }
  const line = (file: string, title: string): string =>
    text.split('\n').find((one) => one.includes(`${file}.contract.ts`) && one.includes(`> ${title}`)) ?? '';
  const failures = (file: string): string =>
    text
      .split(/\n(?= FAIL )/)
      .filter((part) => part.startsWith(` FAIL  ${file}.contract.ts`))
      .join('\n');
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, text, line, failures })));
}

describe('contracts in a test run', () => {
  let shown: Shown;
  beforeAll(async () => {
    shown = await runContracts(['open-points', 'throws', 'nobody', 'catch-all', 'hangs', 'not-an-app']);
  }, LIMIT_MS);

  it('skip an unmet SHOULD and an unobservable aspect, with the reason', () => {
    const { text, line, failures } = shown;
    expect(failures('open-points')).toBe('');
    expect(line('open-points', 'RCV-ACK-01')).toMatch(/^ ✓ /);
    expect(line('open-points', 'RCV-FAIL-01')).toMatch(
      /^ ↓ .*\[not observable: .*"probe".* \(answer passed\)\]$/,
    );
    expect(line('open-points', 'RCV-ENV-08')).toMatch(
      /^ ↓ .*\[SHOULD not met: expected HTTP 4xx .*; actual: HTTP 200 after/,
    );
    const [, open = ''] = /Skipped tests to review: (.*RCV-ENV-08.*)\./.exec(text) ?? [];
    expect(open.split('; ').sort()).toEqual(['SHOULD not met: RCV-ENV-08', 'not observable: RCV-FAIL-01']);
  });

  it('print how long the receiver has for an answer', () => {
    expect(shown.text).toContain('the receiver has 1 s for each answer (ackTimeout)');
  });

  it('fail the case during which the app throws, and no other', () => {
    const { line, failures } = shown;
    expect(line('throws', 'RCV-ENV-05')).toMatch(/^ × /);
    for (const id of ['RCV-ACK-01', 'RCV-ACK-02', 'RCV-MED-01']) expect(line('throws', id)).toMatch(/^ ✓ /);
    const text = failures('throws');
    expect(text).toMatch(/effect ✗ +expected +the application does not leave an exception uncaught/);
    expect(text).toMatch(
      /actual +unhandled rejection: TypeError: Cannot destructure .*throws\.contract\.ts/s,
    );
    expect(text).toMatch(/note +✗ unhandled rejection: TypeError/);
    expect(text).toMatch(/reproduce +npx vitest run \S*throws\.contract\.ts -t RCV-ENV-05\n/);
    expect(shown.text).not.toMatch(/Unhandled Errors/i);
  });

  it('explain what to do when nothing listens', () => {
    const text = shown.failures('nobody');
    expect(text).toMatch(/http:\/\/127\.0\.0\.1:1\/callback: .*ECONNREFUSED/);
    expect(text).toContain('Start the receiver first');
    expect(text).not.toMatch(/hook timed out/i);
  });

  it('stop before any test when the app accepts everything without effect', () => {
    const { line, failures } = shown;
    expect(failures('catch-all')).toContain('Inconclusive. The URL does not appear to be a receiver');
    expect(line('catch-all', 'RCV-ACK-01')).toMatch(/^ ↓ /);
  });

  it('distinguish an app that never answers from one that is not called', () => {
    const { line, failures } = shown;
    expect(line('hangs', 'RCV-ACK-01')).toMatch(/^ × /);
    expect(line('hangs', 'RCV-MED-01')).toMatch(/^ ↓ .*\[not observable: Not run: /);
    expect(failures('hangs')).toMatch(/actual +timeout after \d+ ms/);
    expect(failures('hangs')).not.toMatch(/hook timed out|Supported apps/i);
  });

  it('list the accepted kinds when the app cannot be called, without a timeout', () => {
    const text = shown.failures('not-an-app');
    expect(text).toContain('The app returned an object with the keys statusCode for a Request');
    expect(text).toContain('Supported apps: an Express or Connect app');
    expect(text).not.toMatch(/timed out|timeout after/i);
  });

  it('fail the skipped tests to review under strict', { timeout: LIMIT_MS }, async () => {
    const { line } = await runContracts(['open-points'], { STRICT: '1' });
    expect(line('open-points', 'RCV-ACK-01')).toMatch(/^ ✓ /);
    for (const id of ['RCV-FAIL-01', 'RCV-ENV-08']) expect(line('open-points', id)).toMatch(/^ × /);
  });
});

describe('contracts and mocks', () => {
  let shown: Shown;
  beforeAll(async () => {
    shown = await runContracts(['frameworks', 'import-time']);
  }, LIMIT_MS);

  it('pass for the same receiver in every framework', () => {
    expect(shown.failures('frameworks')).toBe('');
    expect(shown.text).toMatch(/Tests +18 passed \(18\)/);
    expect(shown.code).toBe(0);
  });

  it.each(['a hoisted mock', 'the mock of a setup file', 'the mock of a global setup'])(
    'provide a module that reads the environment on import with %s',
    (which) => {
      expect(shown.line('import-time', `finds ${which} `)).toMatch(/^ ✓ /);
    },
  );
});
