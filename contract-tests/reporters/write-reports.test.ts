import { describe, expect, it } from 'vitest';
import { everyStatus } from './sample-report.ts';
import { parseReportTargets, renderReport } from './write-reports.ts';

describe('which reports are written', () => {
  it('is said as format=file', () => {
    expect(parseReportTargets('junit=out/r.xml, html=r=1.html,JSON=r.json')).toEqual([
      { format: 'junit', file: 'out/r.xml' },
      { format: 'html', file: 'r=1.html' },
      { format: 'json', file: 'r.json' },
    ]);
  });

  it.each([
    ['htlm=x', 'unknown report format "htlm"', /^Did you mean html\?/],
    ['report.xml', 'unknown report format "report.xml"', /The formats are junit, sarif, json, html/],
    ['', 'unknown report format ""', /^The formats are junit/],
    ['junit=a,', 'unknown report format ""', /^The formats are junit/],
    ['constructor=x', 'unknown report format "constructor"', /^The formats are junit/],
    ['junit', 'the report junit has no file', /^Write it as junit=FILE\.$/],
    ['junit= ', 'the report junit has no file', /^Write it as junit=FILE\.$/],
    ['junit=a,json=a', 'two reports would be written to a', /a file of its own/],
  ])('%j is refused', (text, message, remedy) => {
    expect(() => parseReportTargets(text)).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID', message, remedy: expect.stringMatching(remedy) }),
    );
  });

  it.each([
    ['junit', /^<\?xml version="1\.0"/],
    ['sarif', /"version": "2\.1\.0"/],
    ['json', /"format": "stuntdouble\.report\/1"/],
    ['html', /^<!doctype html>/],
  ] as const)('%s is rendered', (format, beginning) => {
    expect(renderReport(format, everyStatus(), { strict: false })).toMatch(beginning);
  });
});
