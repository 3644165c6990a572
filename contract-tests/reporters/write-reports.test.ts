import { describe, expect, it } from 'vitest';
import { everyStatus } from '../conformance/sample-report.ts';
import { parseReportTargets, renderReport } from './write-reports.ts';

describe('report targets', () => {
  it('are written as format=file', () => {
    expect(parseReportTargets('junit=out/r.xml, html=r=1.html,JSON=r.json')).toEqual([
      { format: 'junit', file: 'out/r.xml' },
      { format: 'html', file: 'r=1.html' },
      { format: 'json', file: 'r.json' },
    ]);
  });

  it.each([
    ['htlm=x', 'unknown report format "htlm"', /^Did you mean html\?/],
    ['report.xml', 'unknown report format "report.xml"', /Supported formats: junit, sarif, json, html/],
    ['', 'unknown report format ""', /^Supported formats: junit/],
    ['junit=a,', 'unknown report format ""', /^Supported formats: junit/],
    ['constructor=x', 'unknown report format "constructor"', /^Supported formats: junit/],
    ['junit', 'report format "junit" has no file', /^Use junit=FILE\.$/],
    ['junit= ', 'report format "junit" has no file', /^Use junit=FILE\.$/],
    ['junit=a,json=a', 'two reports would be written to a', /its own file/],
  ])('rejects %j', (text, message, remedy) => {
    expect(() => parseReportTargets(text)).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID', message, remedy: expect.stringMatching(remedy) }),
    );
  });

  it.each([
    ['junit', /^<\?xml version="1\.0"/],
    ['sarif', /"version": "2\.1\.0"/],
    ['json', /"format": "stuntdouble\.report\/1"/],
    ['html', /^<!doctype html>/],
  ] as const)('renders %s', (format, beginning) => {
    expect(renderReport(format, everyStatus(), { strict: false })).toMatch(beginning);
  });
});
