import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import {
  allPassed,
  everyStatus,
  explained,
  hostile,
  inconclusive,
  nothingJudged,
  sampleCase,
  sampleReport,
} from '../conformance/sample-report.ts';
import { formatJson } from './json.ts';

const ajv = new Ajv2020({ strict: true, strictTypes: false, allErrors: true });
formats.default(ajv);
const validate = ajv.compile(
  JSON.parse(readFileSync(join(import.meta.dirname, '../../spec/report.schema.json'), 'utf8')),
);

function errorsOf(text: string): unknown {
  return validate(JSON.parse(text)) ? [] : validate.errors;
}

const complete = sampleCase('RCV-1', {
  remedies: { ack: 'a', effect: 'b' },
  timeline: [
    { atMs: 1, durationMs: 2, kind: 'attempt', text: 'callback 1', isBad: true, answer: 'HTTP 500' },
  ],
});

describe('the schema of JSON reports', () => {
  it.each([
    ['every status', everyStatus()],
    ['findings about the run', explained()],
    ['an inconclusive run', inconclusive()],
    ['hostile texts', hostile()],
    ['a run without verdicts', nothingJudged()],
    ['all passed', allPassed()],
    ['every optional key', sampleReport([complete], { event: null })],
  ])('accepts a report with %s', (_what, report) => {
    expect(errorsOf(formatJson(report))).toEqual([]);
  });

  it('rejects what it does not describe', () => {
    const report = JSON.parse(formatJson(everyStatus()));
    expect(errorsOf(JSON.stringify({ ...report, later: 1 }))).not.toEqual([]);
    const [first] = report.cases;
    expect(errorsOf(JSON.stringify({ ...report, cases: [{ ...first, status: 'green' }] }))).not.toEqual([]);
  });
});
