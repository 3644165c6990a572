import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { visible } from '../../mock-server/pages/visible.ts';
import {
  allPassed,
  everyStatus,
  HOSTILE,
  hostile,
  nothingJudged,
  sampleCase,
  sampleReport,
} from '../conformance/sample-report.ts';
import { formatTerminal } from './terminal.ts';

const PLAIN = { color: false, strict: false };

describe('the terminal report', () => {
  const text = formatTerminal(everyStatus(), PLAIN);
  const lines = text.split('\n');

  it('shows the target and the observed channels', () => {
    expect(lines.slice(0, 4)).toEqual([
      'Receiver contract: http://127.0.0.1:3000/callback',
      'runway.generate, pack runway (documented), seed 1',
      'settings: time to answer 1 s; settling time 250 ms; time for a fast answer 2 s',
      'channels observed: ack, media; not observed: probe, api',
    ]);
  });

  it('has one line for each case under its group, with a symbol and a word', () => {
    expect(lines).toContain('Acknowledgement');
    expect(lines).toContain('  ✓ RCV-ACK-01   A success is acknowledged');
    expect(lines).toContain('  ~ RCV-ACK-04   The answer is exactly 200 and not a redirect  [non-strict]');
    expect(lines).toContain('  ✗ RCV-IDM-01   A duplicate callback is processed once  [MUST]');
    expect(lines).toContain(
      '  ✗ RCV-IDM-05   A task is identified by its id, not by the bytes of its callback  [SHOULD]',
    );
    expect(lines).toContain(
      '  ○ RCV-IDM-07   Two identical tasks are processed separately  [answer passed, effect not observable]',
    );
    expect(lines).toContain('  – RCV-SEC-01   Signatures are checked');
  });

  it('shows everything about a failed case', () => {
    const from = lines.findIndex((line) => line.includes('✗ RCV-IDM-01'));
    expect(lines.slice(from + 1, from + 20).join('\n')).toMatchInlineSnapshot(`
      "    requirement     The same callback may arrive more than once; the receiver MUST acknowledge each
                          one and process the task once.
          sent            the same callback twice, one after the other
          answer ✓        expected  HTTP 200 within 1000 ms, 2 times
                          actual    HTTP 200 after 3 ms
          effect ✗        expected  the task is processed once
                          actual    5f0cbd7a-2b1e-4c6f-8a4d-3d1f0b9e7c55: 2 times
          timeline          2 ms  attempt     callback 1 → HTTP 200, after 5 ms
                            9 ms  download    GET video.mp4 → HTTP 200, after 22 ms
                           12 ms  download    GET cover.png → HTTP 200, after 8 ms
                          290 ms  attempt     callback 2 → HTTP 200, after 3 ms
                          296 ms  download    GET video.mp4 → HTTP 200, after 19 ms
                          299 ms  download    GET cover.png → HTTP 200, after 6 ms
                          560 ms  call        GET /api/v1/tasks → HTTP 200, after 2 ms
          why it matters  One video causes two downloads, two emails, and two charges.
          how to fix      Store the task id before processing, and acknowledge ids that are already
                          stored.
          reproduce       stuntdouble verify receiver http://127.0.0.1:3000/callback --event runway.generate --only RCV-IDM-01
      "
    `);
  });

  it('marks problems on the timeline', () => {
    expect(text).toContain('3 ms  attempt   ✗ callback 1 → timeout, after 1 s');
  });

  it('explains once how to make cases observable, with their ids', () => {
    expect(text.match(/or set --probe\./g)).toHaveLength(1);
    expect(text).toContain('or set --probe. (RCV-IDM-06, RCV-IDM-07)');
    expect(text).toContain('• callbacks are not signed: set --secret (RCV-SEC-01)');
  });

  it('names the stimuli of a client in words', () => {
    const verdicts = {
      plain: { status: 'passed', expected: 'a', actual: 'a' },
      'bad-line': { status: 'failed', expected: 'a', actual: 'b' },
    } as const;
    const shown = formatTerminal(sampleReport([sampleCase('CLI-POL-03', { verdicts })]), PLAIN);
    expect(shown).toContain('without faults ✓');
    expect(shown).toContain('transport errors ✗');
  });

  it('ends with the counts and the conclusion', () => {
    expect(lines.slice(-2)).toEqual([
      '10 cases judged: 3 passed, 3 failed (2 MUST, 1 SHOULD), 1 non-strict, 3 passed in part; 1 not applicable, in 4.2 s',
      '✗ Failed. MUST not met: RCV-TIM-01, RCV-IDM-01. 10 cases were judged, 3 of them in part.',
    ]);
  });

  it('wraps lines at the width, except the replay command', () => {
    const narrow = formatTerminal(everyStatus(), { ...PLAIN, width: 70 }).split('\n');
    const details = narrow.filter((line) => line.startsWith('    ') && !/reproduce|→/.test(line));
    expect(details.length).toBeGreaterThan(20);
    expect(details.filter((line) => line.length > 70)).toEqual([]);
    expect(
      narrow.filter((line) => line.includes('reproduce')).every((line) => /--only RCV-\w+-\d+$/.test(line)),
    ).toBe(true);
  });

  it('has no escape codes without color, and the same text with color', () => {
    const colored = formatTerminal(everyStatus(), { ...PLAIN, color: true });
    expect(text).not.toContain('\u001b');
    expect(colored).toContain('\u001b[31m✗');
    expect(stripVTControlCharacters(colored)).toBe(text);
  });

  it('does not let untrusted text move the cursor or add a line', () => {
    const bad = sampleCase('RCV-1', { title: 'a\n✓ all passed\u001b[2J' });
    const shown = formatTerminal(sampleReport([bad]), PLAIN);
    expect(shown).toContain('✓ RCV-1  a ✓ all passed\\x1b[2J');
    expect(visible(formatTerminal(hostile(), PLAIN))).toBe(formatTerminal(hostile(), PLAIN));
    expect(visible(HOSTILE)).not.toBe(HOSTILE);
  });

  it('shows the problems of a long timeline and counts the rest', () => {
    const crowd = everyStatus().cases.find(({ id }) => id === 'RCV-TIM-04')?.timeline ?? [];
    const timeline = crowd.map((entry, index) => ({ ...entry, isBad: index === 90 }));
    const one = sampleCase('RCV-1', {
      timeline,
      verdicts: { ack: { status: 'failed', expected: 'all', actual: 'one less' } },
    });
    const shown = formatTerminal(sampleReport([one]), PLAIN);
    expect(shown).toContain('✗ callback 46');
    expect(shown).toContain('and 84 more entries; see the JSON or HTML report for the full timeline');
  });
});

describe('the conclusion', () => {
  const last = (...args: Parameters<typeof formatTerminal>): string =>
    formatTerminal(...args)
      .split(/\n(?=[✓✗○] [A-Z])/)
      .at(-1)
      ?.replaceAll('\n', ' ') ?? '';

  const soft = sampleReport(
    everyStatus().cases.filter(({ id }) => ['RCV-ACK-04', 'RCV-IDM-05'].includes(id)),
  );

  it('is "Passed" when every case passed', () => {
    expect(last(allPassed(), { color: false, strict: true })).toBe('✓ Passed. 11 cases were judged.');
  });

  it('lists what fails under --strict, and fails there', () => {
    expect(last(soft, PLAIN)).toBe(
      '✓ Passed. 2 cases were judged. SHOULD not met: RCV-IDM-05. Non-strict: RCV-ACK-04. These fail the run under --strict.',
    );
    expect(last(soft, { color: false, strict: true })).toBe(
      '✗ Failed under --strict. SHOULD not met: RCV-IDM-05. Non-strict: RCV-ACK-04.',
    );
  });

  it('explains what to do when no case was judged', () => {
    expect(last(nothingJudged(), PLAIN)).toBe(
      '○ No verdict. None of the cases could be judged for http://127.0.0.1:3000/callback. Main reason: No media was downloaded from the mock and no probe is set: let the receiver download the media, or set --probe.',
    );
  });

  it('explains what to do when no case was run', () => {
    expect(last(sampleReport([]), PLAIN)).toContain(
      'Check --only, or run "stuntdouble cases" for the full list.',
    );
  });

  it('names up to five cases and counts the rest', () => {
    const verdicts = { ack: { status: 'failed', expected: 'a', actual: 'b' } } as const;
    const many = Array.from({ length: 7 }, (_, index) => sampleCase(`RCV-${index}`, { verdicts }));
    expect(last(sampleReport(many), PLAIN)).toBe(
      '✗ Failed. MUST not met: RCV-0, RCV-1, RCV-2, RCV-3, RCV-4 and 2 more cases. 7 cases were judged.',
    );
  });
});

describe('durations', () => {
  it.each([
    [420, '420 ms'],
    [4210, '4.2 s'],
    [59_990, '1 min'],
    [125_000, '2 min 5 s'],
  ])('prints %d ms as %s', (durationMs, words) => {
    expect(formatTerminal(sampleReport([], { durationMs }), PLAIN)).toContain(`in ${words}\n`);
  });
});
