import { describe, expect, it } from 'vitest';
import { allPassed, everyStatus, explained, inconclusive } from '../conformance/sample-report.ts';
import { conclude } from '../report.ts';
import { formatHtml } from './html.ts';
import { formatJson, parseReport } from './json.ts';
import { formatJunit } from './junit.ts';
import { formatSarif } from './sarif.ts';
import { formatTerminal } from './terminal.ts';

const PLAIN = { color: false, strict: false };
const TEXT = 'The first good callback was answered with HTTP 401';

describe('a finding about the whole run', () => {
  it('starts the terminal report, with its remedy', () => {
    expect(formatTerminal(explained(), PLAIN).split('\n').slice(0, 3)).toEqual([
      '! The first good callback was answered with HTTP 401: "missing signature".',
      '  How to fix: Set the key with --secret.',
      '',
    ]);
  });

  it('precedes the conclusion and every case on the page', () => {
    const page = formatHtml([explained()]);
    expect(page.indexOf(TEXT)).toBeGreaterThan(0);
    expect(page.indexOf(TEXT)).toBeLessThan(page.indexOf('<div class="verdict'));
  });

  it('precedes the cases in JUnit, SARIF and JSON', () => {
    for (const text of [
      formatJunit(explained(), { strict: false }),
      formatSarif(explained()),
      formatJson(explained()),
    ]) {
      expect(text).toContain('Set the key with --secret.');
    }
    const junit = formatJunit(explained(), { strict: false });
    expect(junit.indexOf(TEXT)).toBeLessThan(junit.indexOf('RCV-ACK-01'));
    const json = formatJson(explained());
    expect(json.indexOf(TEXT)).toBeLessThan(json.indexOf('RCV-ACK-01'));
    const sarif = JSON.parse(formatSarif(explained()));
    expect(sarif.runs[0].invocations[0]).toMatchObject({
      executionSuccessful: true,
      toolExecutionNotifications: [{ level: 'warning', message: { text: expect.stringContaining(TEXT) } }],
    });
  });
});

describe('an inconclusive run', () => {
  const WHY = 'The URL accepts everything and no effect was observed.';

  it('is reported as such, unless a MUST was not met', () => {
    expect(conclude(inconclusive(), false)).toBe('inconclusive');
    expect(conclude({ ...everyStatus(), inconclusive: WHY }, false)).toBe('must-failed');
    expect(conclude(allPassed(), false)).toBe('passed');
  });

  it('is explained in every format and fails on a CI server', () => {
    expect(formatTerminal(inconclusive(), PLAIN)).toMatch(new RegExp(`○ Inconclusive\\. ${WHY}$`));
    expect(formatHtml([inconclusive()])).toContain(WHY);
    expect(formatJunit(inconclusive(), { strict: false })).toMatch(/errors="1"[\s\S]*type="inconclusive"/);
    expect(JSON.parse(formatSarif(inconclusive())).runs[0].invocations[0]).toMatchObject({
      executionSuccessful: false,
      toolExecutionNotifications: [{ level: 'error', message: { text: expect.stringContaining(WHY) } }],
    });
    expect(parseReport(formatJson(inconclusive())).inconclusive).toBe(WHY);
  });

  it('is optional in reports of earlier versions', () => {
    const { headlines: _h, inconclusive: _i, ...earlier } = JSON.parse(formatJson(allPassed()));
    expect(parseReport(JSON.stringify(earlier))).toMatchObject({ headlines: [], inconclusive: null });
  });
});
