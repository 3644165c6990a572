import { describe, expect, it } from 'vitest';
import { formatJson, parseReport } from './json.ts';
import { allPassed, everyStatus, hostile, nothingJudged, sampleReport } from './sample-report.ts';

/** The report's text with one thing of it changed. */
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
    ['no verdict', nothingJudged()],
    ['all passed', allPassed()],
    ['no case', sampleReport([], { event: null })],
  ])('of %s is read as it was written', (_what, report) => {
    expect(parseReport(formatJson(report))).toEqual(report);
    expect(formatJson(parseReport(formatJson(report)))).toBe(formatJson(report));
  });

  it('says first which format it has', () => {
    expect(formatJson(everyStatus())).toMatch(/^\{\n {2}"format": "stuntdouble\.report\/1",\n/);
  });

  it('has its keys in the same order, however the report was made', () => {
    const { cases, settings, ...rest } = everyStatus();
    const turned = Object.fromEntries(Object.entries(settings).reverse());
    expect(formatJson({ cases, settings: turned, ...rest })).toBe(formatJson(everyStatus()));
  });
});

describe('a report from outside', () => {
  it.each([
    ['no JSON', '{"format":', /it is not JSON: /],
    ['another kind of value', '[]', /it should be an object, but is \[\]/],
    ['null', 'null', /it should be an object, but is null/],
    ['no format', '{}', /its format is missing, not "stuntdouble.report\/1"/],
    ['a later format', '{"format":"stuntdouble.report/2"}', /its format is "stuntdouble.report\/2"/],
    [
      'a key that is missing',
      changed((report) => delete report.seed),
      /: seed should be a text, but is missing/,
    ],
    [
      'a status that there is not',
      changed((report) => Object.assign(caseOf(report, 2), { status: 'green' })),
      /: cases\[2\]\.status should be "passed" or "failed" or .*, but is "green"/,
    ],
    [
      'a verdict that is none',
      changed((report) => Object.assign(caseOf(report, 0), { verdicts: { ack: 'fine' } })),
      /: cases\[0\]\.verdicts\.ack should be an object, but is "fine"/,
    ],
    [
      'a level of a verdict that there is not',
      changed((report) =>
        Object.assign(caseOf(report, 0), {
          verdicts: { ack: { status: 'passed', expected: '', actual: '', level: 'may' } },
        }),
      ),
      /: cases\[0\]\.verdicts\.ack\.level should be "must" or "should" or "info", but is "may"/,
    ],
    [
      'a list that is none',
      changed((report) => Object.assign(caseOf(report, 1), { timeline: {} })),
      /: cases\[1\]\.timeline should be a list, but is \{\}/,
    ],
    [
      'a time that is none',
      changed((report) => Object.assign(report, { startedAt: 'yesterday' })),
      /: startedAt should be a time like 2026-01-31T12:00:00\.000Z, but is "yesterday"/,
    ],
    [
      'a duration that is none',
      changed((report) => Object.assign(report, { durationMs: '4 s' })),
      /: durationMs should be a number of milliseconds, but is "4 s"/,
    ],
    [
      'a channel that is neither there nor not',
      changed((report) => Object.assign(report, { channels: { media: 'a'.repeat(100) } })),
      /: channels\.media should be true or false, but is "a{59}…/,
    ],
  ])('with %s is refused, with the place', (_what, text, message) => {
    expect(() => parseReport(text)).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringMatching(message) }),
    );
  });

  it('has its summary counted anew, because a file can say anything', () => {
    const text = changed((report) => Object.assign(report, { summary: { passed: 99 } }));
    expect(parseReport(text).summary).toEqual(everyStatus().summary);
  });

  it('may have more than is needed, which is left out', () => {
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
