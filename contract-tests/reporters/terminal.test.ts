import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  allPassed,
  everyStatus,
  HOSTILE,
  hostile,
  nothingJudged,
  sampleCase,
  sampleReport,
} from './sample-report.ts';
import { formatTerminal } from './terminal.ts';
import { visible } from './visible.ts';

const PLAIN = { color: false, strict: false };

describe('the terminal report', () => {
  const text = formatTerminal(everyStatus(), PLAIN);
  const lines = text.split('\n');

  it('says what was judged, and what could be seen', () => {
    expect(lines.slice(0, 4)).toEqual([
      'Contract of the receiver http://127.0.0.1:3000/callback',
      'runway.generate, pack runway (documented), seed 1',
      'settings: ackTimeout 1000 ms, settle 250 ms, fastAck 2000 ms',
      'observed through: ack, media; not through: probe, api',
    ]);
  });

  it('has one line for each case under its group, with a symbol and a word', () => {
    expect(lines).toContain('Acknowledgement');
    expect(lines).toContain('  ✓ RCV-ACK-01   A success is acknowledged');
    expect(lines).toContain('  ~ RCV-ACK-04   The answer is exactly 200 and not a redirect  [non-strict]');
    expect(lines).toContain('  ✗ RCV-IDM-01   A duplicate callback is processed once  [MUST]');
    expect(lines).toContain(
      '  ✗ RCV-IDM-05   A task is known by its id, not by the bytes of its callback  [SHOULD]',
    );
    expect(lines).toContain(
      '  ○ RCV-IDM-07   Two equal tasks are two tasks  [ack passed, effect not observable]',
    );
    expect(lines).toContain('  – RCV-SEC-01   Signatures are checked');
  });

  it('says all about a case that failed', () => {
    const from = lines.findIndex((line) => line.includes('✗ RCV-IDM-01'));
    expect(lines.slice(from + 1, from + 20).join('\n')).toMatchInlineSnapshot(`
      "    requirement  The same callback may arrive more than once; each one is acknowledged, and the work
                       of the task is done once.
          sent         the same callback twice, one after the other
          ack ✓        expected  HTTP 200 within 1000 ms, 2 times
                       actual    HTTP 200 after 3 ms
          effect ✗     expected  the work of the task is done once
                       actual    5f0cbd7a-2b1e-4c6f-8a4d-3d1f0b9e7c55: 2 times
          timeline       2 ms  attempt     POST 1 → HTTP 200, after 5 ms
                         9 ms  download    GET video.mp4 → HTTP 200, after 22 ms
                        12 ms  download    GET cover.png → HTTP 200, after 8 ms
                       290 ms  attempt     POST 2 → HTTP 200, after 3 ms
                       296 ms  download    GET video.mp4 → HTTP 200, after 19 ms
                       299 ms  download    GET cover.png → HTTP 200, after 6 ms
                       560 ms  call        GET /api/v1/tasks → HTTP 200, after 2 ms
          why          Two downloads, two mails, two bookings for one video.
          how to fix   Store the ids of processed tasks before the work begins, and answer known ones at
                       once.
          reproduce    stuntdouble verify receiver http://127.0.0.1:3000/callback --event runway.generate --only RCV-IDM-01
      "
    `);
  });

  it('marks what was bad on the timeline', () => {
    expect(text).toContain('3 ms  attempt   ✗ POST 1 → timeout, after 1 s');
  });

  it('says once how to see what could not be seen, and for which cases', () => {
    expect(text.match(/or give --probe\./g)).toHaveLength(1);
    expect(text).toContain('or give --probe. (RCV-IDM-06, RCV-IDM-07)');
    expect(text).toContain('• callbacks are not signed: give --secret (RCV-SEC-01)');
  });

  it('ends with the counts and the conclusion', () => {
    expect(lines.slice(-2)).toEqual([
      '3 passed, 3 failed (2 MUST, 1 SHOULD), 1 non-strict, 3 not observable, 1 not applicable, in 4.2 s',
      '✗ Failed: Broken MUSTs: RCV-TIM-01, RCV-IDM-01. 10 cases were judged, 3 of them only in part.',
    ]);
  });

  it('breaks lines at the width, but never the line that is to be copied', () => {
    const narrow = formatTerminal(everyStatus(), { ...PLAIN, width: 66 }).split('\n');
    const details = narrow.filter((line) => line.startsWith('    ') && !/reproduce|→/.test(line));
    expect(details.length).toBeGreaterThan(20);
    expect(details.filter((line) => line.length > 66)).toEqual([]);
    expect(
      narrow.filter((line) => line.includes('reproduce')).every((line) => /--only RCV-\w+-\d+$/.test(line)),
    ).toBe(true);
  });

  it('has no escape code without colour, and says the same with it', () => {
    const coloured = formatTerminal(everyStatus(), { ...PLAIN, color: true });
    expect(text).not.toContain('\u001b');
    expect(coloured).toContain('\u001b[31m✗');
    expect(stripVTControlCharacters(coloured)).toBe(text);
  });

  it('lets a stranger neither move the cursor nor add a line', () => {
    const bad = sampleCase('RCV-1', { title: 'a\n✓ all passed\u001b[2J' });
    const shown = formatTerminal(sampleReport([bad]), PLAIN);
    expect(shown).toContain('✓ RCV-1  a ✓ all passed\\x1b[2J');
    expect(visible(formatTerminal(hostile(), PLAIN))).toBe(formatTerminal(hostile(), PLAIN));
    expect(visible(HOSTILE)).not.toBe(HOSTILE);
  });

  it('shows the worst of a long timeline and counts the rest', () => {
    const crowd = everyStatus().cases.find(({ id }) => id === 'RCV-TIM-04')?.timeline ?? [];
    const timeline = crowd.map((entry, index) => ({ ...entry, isBad: index === 90 }));
    const one = sampleCase('RCV-1', {
      timeline,
      verdicts: { ack: { status: 'failed', expected: 'all', actual: 'one less' } },
    });
    const shown = formatTerminal(sampleReport([one]), PLAIN);
    expect(shown).toContain('✗ POST 46');
    expect(shown).toContain('and 84 more; the JSON and HTML reports have all of them');
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

  it('is passed when all did', () => {
    expect(last(allPassed(), { color: false, strict: true })).toBe('✓ Passed: 11 cases were judged.');
  });

  it('names what would count under --strict, and counts it there', () => {
    expect(last(soft, PLAIN)).toBe(
      '✓ Passed: 2 cases were judged. Broken SHOULDs: RCV-IDM-05. Not strict: RCV-ACK-04. That counts under --strict.',
    );
    expect(last(soft, { color: false, strict: true })).toBe(
      '✗ Failed under --strict: Broken SHOULDs: RCV-IDM-05. Not strict: RCV-ACK-04.',
    );
  });

  it('says what to do when nothing was judged', () => {
    expect(last(nothingJudged(), PLAIN)).toBe(
      '○ Nothing was judged: This run says nothing about http://127.0.0.1:3000/callback. Missing: Nothing was downloaded from the mock and there is no probe: let the receiver download the media, or give --probe.',
    );
  });

  it('says what to do when no case was run', () => {
    expect(last(sampleReport([]), PLAIN)).toContain(
      'No case was run. Check --only; "stuntdouble cases" lists all cases.',
    );
  });

  it('names a handful of many', () => {
    const verdicts = { ack: { status: 'failed', expected: 'a', actual: 'b' } } as const;
    const many = Array.from({ length: 7 }, (_, index) => sampleCase(`RCV-${index}`, { verdicts }));
    expect(last(sampleReport(many), PLAIN)).toBe(
      '✗ Failed: Broken MUSTs: RCV-0, RCV-1, RCV-2, RCV-3, RCV-4 and 2 more. 7 cases were judged.',
    );
  });
});

describe('durations', () => {
  it.each([
    [420, '420 ms'],
    [4210, '4.2 s'],
    [59_990, '1 min'],
    [125_000, '2 min 5 s'],
  ])('%d ms is %s', (durationMs, words) => {
    expect(formatTerminal(sampleReport([], { durationMs }), PLAIN)).toContain(`in ${words}\n`);
  });
});
