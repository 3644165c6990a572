import { describe, expect, it } from 'vitest';
import { allPassed, sampleCase, sampleReport } from '../conformance/sample-report.ts';
import type { CaseReport } from '../report.ts';
import { formatHtml } from './html.ts';
import { formatJson, parseReport } from './json.ts';
import { formatSarif } from './sarif.ts';
import { formatTerminal } from './terminal.ts';
import { sayConclusion } from './wording.ts';

const REMEDIES = { ack: 'Answer at once.', effect: 'Store the id before the work.' };
const ANSWER = 'HTTP 419 "<h1>Page expired</h1>"';

/** A case whose answer, effect, or both are wrong. */
function broken(...aspects: readonly ('ack' | 'effect')[]): CaseReport {
  const of = (aspect: 'ack' | 'effect') => ({
    status: aspects.includes(aspect) ? ('failed' as const) : ('passed' as const),
    expected: 'something',
    actual: 'something else',
  });
  return sampleCase('RCV-IDM-01', {
    remedy: 'Read the guide.',
    remedies: REMEDIES,
    verdicts: { ack: { ...of('ack'), answer: ANSWER }, effect: of('effect') },
    timeline: [
      { atMs: 1, durationMs: 2, kind: 'attempt', text: 'callback 1 → HTTP 419', isBad: true, answer: ANSWER },
    ],
  });
}

function printed(...cases: readonly CaseReport[]): string {
  return formatTerminal(sampleReport(cases), { color: false, strict: false, width: 400 });
}

describe('the remedy', () => {
  it.each([
    [['ack'], REMEDIES.ack],
    [['effect'], REMEDIES.effect],
    [['ack', 'effect'], `${REMEDIES.ack} ${REMEDIES.effect}`],
  ] as const)('fits the failed aspects: %j', (aspects, remedy) => {
    expect(printed(broken(...aspects))).toContain(`how to fix      ${remedy}\n`);
    expect(formatHtml([sampleReport([broken(...aspects)])])).toContain(
      `<p class="label">How to fix</p><p>${remedy}</p>`,
    );
    expect(
      JSON.parse(formatSarif(sampleReport([broken(...aspects)]))).runs[0].results[0].message.text,
    ).toContain(`How to fix: ${remedy}`);
  });

  it('is the general one when the case has no specific ones', () => {
    const { remedies: _remedies, ...plain } = broken('ack');
    expect(printed(plain)).toContain('how to fix      Read the guide.\n');
  });
});

describe("the receiver's own answer", () => {
  it('is shown when the verdict on the answer failed', () => {
    expect(printed(broken('ack'))).toContain(`response  ${ANSWER}`);
    expect(formatHtml([sampleReport([broken('ack')])])).toContain(
      '<dt>Response</dt><dd>HTTP 419 &quot;&lt;h1&gt;Page expired&lt;/h1&gt;&quot;</dd>',
    );
  });

  it('is not shown when only the effect failed', () => {
    expect(printed(broken('effect'))).not.toContain('response  ');
    expect(formatHtml([sampleReport([broken('effect')])])).not.toContain('<dt>Response');
  });

  it('is kept in a report file, like the remedies', () => {
    const report = sampleReport([broken('ack')]);
    expect(parseReport(formatJson(report))).toEqual(report);
  });
});

describe('a pass', () => {
  const verdict = (status: 'passed' | 'not-observable') => ({
    status,
    expected: 'once',
    actual: 'set --probe',
  });
  const inPart = sampleCase('RCV-1', {
    verdicts: { ack: verdict('passed'), effect: verdict('not-observable') },
  });
  const unseen = sampleCase('RCV-2', { verdicts: { effect: verdict('not-observable') } });

  it('is reported only when every requirement was observable', () => {
    expect(sayConclusion(allPassed(), false).word).toBe('Passed');
    const { word, sentence } = sayConclusion(sampleReport([sampleCase('RCV-0'), inPart, unseen]), false);
    expect(word).toBe('Every observable MUST is met');
    expect(sentence).toBe('2 cases were judged, 1 of them in part; 1 was not observable.');
  });
});
