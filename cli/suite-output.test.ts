import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { SuiteReport } from '../contract-tests/report.ts';
import { CodedError } from '../mock-server/index.ts';
import type { Printer } from './print.ts';
import { runSuite } from './suite-output.ts';

const dir = mkdtempSync(join(tmpdir(), 'stuntdouble-reports-'));
afterAll(() => rmSync(dir, { recursive: true }));

const REPORT: SuiteReport = {
  suite: 'receiver',
  version: '1.0.0',
  target: 'http://127.0.0.1:1/',
  pack: 'acme',
  profile: 'documented',
  event: 'acme.clip',
  seed: '1',
  startedAt: '2026-01-01T00:00:00.000Z',
  durationMs: 0,
  channels: {},
  settings: {},
  headlines: [],
  notes: [],
  inconclusive: null,
  summary: {
    passed: 0,
    failed: 0,
    nonStrict: 0,
    notObservable: 0,
    notApplicable: 0,
    judged: 0,
    mustFailed: 0,
    shouldFailed: 0,
  },
  cases: [],
};

/** Runs a suite that judges with this, and collects what is printed. */
async function judged(report: string, judge: () => void) {
  const printed: object[] = [];
  const printer: Printer = {
    json: true,
    colour: false,
    line: () => undefined,
    report: () => undefined,
    object: (value) => printed.push(value),
    paint: (_style, text) => text,
  };
  let runs = 0;
  const suite = {
    cases: [],
    packs: () => [],
    missing: new CodedError('OPTION_INVALID', 'nothing to judge'),
    judge: async () => {
      runs += 1;
      judge();
      return REPORT;
    },
  };
  const outcome = await runSuite(suite, { report }, printer).catch((error: unknown) => error);
  return { outcome, printed, runs };
}

it.each(['junit', 'sarif', 'json', 'html'])(
  'prints the verdict when the %s report cannot be written after all, and writes the others',
  async (format) => {
    const lost = join(dir, format, 'lost');
    const kept = join(dir, `${format}.kept`);
    const { outcome, printed } = await judged(`${format}=${lost},json=${kept}`, () => {
      rmSync(dirname(lost), { recursive: true });
      writeFileSync(dirname(lost), '');
    });
    expect(outcome).toMatchObject({ code: 'REPORT_UNWRITTEN', message: expect.stringContaining(lost) });
    expect(printed).toContainEqual(expect.objectContaining({ type: 'report', conclusion: 'nothing-judged' }));
    expect(() => rmSync(kept)).not.toThrow();
  },
);

it('runs nothing when a report cannot be written', async () => {
  const { outcome, printed, runs } = await judged(`json=${dir}`, () => undefined);
  expect(outcome).toMatchObject({ code: 'OPTION_INVALID' });
  expect([printed, runs]).toEqual([[], 0]);
});

it('leaves a report that exists as it is until there is a new one', async () => {
  const file = join(dir, 'old.json');
  writeFileSync(file, 'old');
  let during = '';
  await judged(`json=${file}`, () => {
    during = readFileSync(file, 'utf8');
  });
  expect(during).toBe('old');
  expect(readFileSync(file, 'utf8')).toContain('"suite"');
});
