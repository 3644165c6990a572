import { describe, expect, it } from 'vitest';
import {
  allPassed,
  everyStatus,
  hostile,
  nothingJudged,
  sampleReport,
} from '../conformance/sample-report.ts';
import { formatJson, parseReport } from './json.ts';

/** Returns the text of a report after one change. */
function changed(change: (report: Record<string, unknown>) => void): string {
  const report = JSON.parse(formatJson(everyStatus())) as Record<string, unknown>;
  change(report);
  return JSON.stringify(report);
}

function caseOf(report: Record<string, unknown>, index: number): Record<string, unknown> {
  return (report.cases as Record<string, unknown>[])[index] ?? {};
}

describe('the JSON report', () => {
  it.each([
    ['every status', everyStatus()],
    ['hostile texts', hostile()],
    ['a report without verdicts', nothingJudged()],
    ['all passed', allPassed()],
    ['no cases', sampleReport([], { event: null })],
  ])('of %s reads back as it was written', (_what, report) => {
    expect(parseReport(formatJson(report))).toEqual(report);
    expect(formatJson(parseReport(formatJson(report)))).toBe(formatJson(report));
  });

  it('names its format first', () => {
    expect(formatJson(everyStatus())).toMatch(/^\{\n {2}"format": "stuntdouble\.report\/1",\n/);
  });

  it('has its keys in a fixed order, however the report was built', () => {
    const { cases, settings, ...rest } = everyStatus();
    const turned = Object.fromEntries(Object.entries(settings).reverse());
    expect(formatJson({ cases, settings: turned, ...rest })).toBe(formatJson(everyStatus()));
  });
});

describe('a report from a file', () => {
  it.each([
    ['invalid JSON', '{"format":', /invalid JSON: /],
    ['another kind of value', '[]', /the report must be an object, got \[\]/],
    ['null', 'null', /the report must be an object, got null/],
    ['no format', '{}', /its format is missing; expected "stuntdouble.report\/1"/],
    ['a later format', '{"format":"stuntdouble.report/2"}', /its format is "stuntdouble.report\/2"/],
    ['a missing key', changed((report) => delete report.seed), /: seed must be a string, got missing/],
    [
      'a missing time',
      changed((report) => delete report.startedAt),
      /: startedAt must be an ISO 8601 time such as .*, got missing/,
    ],
    [
      'a missing duration',
      changed((report) => delete caseOf(report, 0).durationMs),
      /: cases\[0\]\.durationMs must be a number of milliseconds, got missing/,
    ],
    [
      'an invalid event',
      changed((report) => Object.assign(report, { event: 1 })),
      /: event must be a string or null, got 1/,
    ],
    [
      'an unknown status',
      changed((report) => Object.assign(caseOf(report, 2), { status: 'green' })),
      /: cases\[2\]\.status must be "passed" or "failed" or .*, got "green"/,
    ],
    [
      'an invalid verdict',
      changed((report) => Object.assign(caseOf(report, 0), { verdicts: { ack: 'fine' } })),
      /: cases\[0\]\.verdicts\.ack must be an object, got "fine"/,
    ],
    [
      'an unknown level of a verdict',
      changed((report) =>
        Object.assign(caseOf(report, 0), {
          verdicts: { ack: { status: 'passed', expected: '', actual: '', level: 'may' } },
        }),
      ),
      /: cases\[0\]\.verdicts\.ack\.level must be "must" or "should" or "info", got "may"/,
    ],
    [
      'an invalid list',
      changed((report) => Object.assign(caseOf(report, 1), { timeline: {} })),
      /: cases\[1\]\.timeline must be an array, got \{\}/,
    ],
    [
      'an invalid time',
      changed((report) => Object.assign(report, { startedAt: 'yesterday' })),
      /: startedAt must be an ISO 8601 time such as 2026-01-31T12:00:00\.000Z, got "yesterday"/,
    ],
    [
      'an invalid duration',
      changed((report) => Object.assign(report, { durationMs: '4 s' })),
      /: durationMs must be a number of milliseconds, got "4 s"/,
    ],
    [
      'an invalid channel',
      changed((report) => Object.assign(report, { channels: { media: 'a'.repeat(100) } })),
      /: channels\.media must be true or false, got "a{59}…/,
    ],
  ])('with %s is rejected, with the place', (_what, text, message) => {
    expect(() => parseReport(text)).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringMatching(message) }),
    );
  });

  it('may lack what earlier versions did not write', () => {
    const text = changed((report) => {
      delete report.headlines;
      delete report.inconclusive;
      delete report.summary;
    });
    expect(parseReport(text)).toEqual(everyStatus());
  });

  it('has its summary computed again, because a file may contain anything', () => {
    const text = changed((report) => Object.assign(report, { summary: { passed: 99 } }));
    expect(parseReport(text).summary).toEqual(everyStatus().summary);
  });

  it('may contain unknown keys, which are dropped', () => {
    const text = changed((report) => Object.assign(report, { later: 1 }));
    expect(parseReport(text)).toEqual(everyStatus());
  });

  it('may begin with a byte order mark', () => {
    expect(parseReport(`\uFEFF${formatJson(everyStatus())}`)).toEqual(everyStatus());
  });

  it('cannot reach a prototype', () => {
    const text = formatJson(everyStatus()).replace('"settings": {', '"settings": {"__proto__": "x",');
    expect(Object.getPrototypeOf(parseReport(text).settings)).toBe(Object.prototype);
    expect(Object.hasOwn(parseReport(text).settings, '__proto__')).toBe(true);
  });
});
