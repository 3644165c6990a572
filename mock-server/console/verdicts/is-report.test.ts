import { expect, it } from 'vitest';
import { everyStatus, explained } from '../../../contract-tests/conformance/sample-report.ts';
import { isReport } from './is-report.ts';

it('accepts reports with and without findings about the whole run', () => {
  expect(isReport(explained())).toBe(true);
  const { headlines: _headlines, inconclusive: _inconclusive, ...earlier } = everyStatus();
  expect(isReport(earlier)).toBe(true);
});

it.each([
  ['null', null],
  ['another object', { a: 1 }],
  ['findings that are not a list', { ...everyStatus(), headlines: {} }],
  ['a finding without a remedy', { ...everyStatus(), headlines: [{ text: 'a' }] }],
])('refuses %s', (_what, value) => {
  expect(isReport(value)).toBe(false);
});
