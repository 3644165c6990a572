import { describe, expect, it } from 'vitest';
import { visible } from '../../mock-server/pages/visible.ts';
import {
  allPassed,
  everyStatus,
  hostile,
  nothingJudged,
  sampleCase,
  sampleReport,
} from '../conformance/sample-report.ts';
import { formatHtml } from './html.ts';

/** Elements without an end tag. */
const VOID = new Set(['meta', 'link', 'input']);

/** Checks that elements open and close in order, because browsers would otherwise guess. */
function expectBalanced(page: string): void {
  const open: string[] = [];
  const body = page.replace(/<style>[\s\S]*?<\/style>/, '').replace('<!doctype html>', '');
  for (const [, close, name = '', empty] of body.matchAll(/<(\/?)([a-z0-9]+)(?:\s[^<>]*?)?(\/?)>/g)) {
    if (VOID.has(name) || empty === '/') continue;
    if (close === '/') expect(open.pop()).toBe(name);
    else open.push(name);
  }
  expect(open).toEqual([]);
  expect(body.replace(/<\/?[a-z0-9]+(?:\s[^<>]*?)?>/g, '')).not.toMatch(/[<>]/);
}

/** Returns the visible text, without markup. */
function textOf(markup: string): string {
  return markup
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

function caseIn(page: string, id: string): string {
  return (
    new RegExp(`<details class="case[^>]* id="${id}"[\\s\\S]*?(?=<details class="case|</section>)`).exec(
      page,
    )?.[0] ?? ''
  );
}

function rowOf(page: string, group: string): string {
  return textOf(new RegExp(`<tr><th scope="row"><a[^>]*>${group}</a>.*`).exec(page)?.[0] ?? '');
}

describe('the HTML report', () => {
  const page = formatHtml([everyStatus()]);
  const three = formatHtml([everyStatus(), allPassed(), nothingJudged()]);

  it.each([
    ['one run', page],
    ['three runs', three],
    ['hostile texts', formatHtml([hostile(), everyStatus()])],
    ['no cases', formatHtml([sampleReport([])])],
    ['no runs', formatHtml([])],
  ])('of %s is well-formed, sends no requests, and has no scripts', (_what, text) => {
    expectBalanced(text);
    expect(text).not.toMatch(/<(script|img|iframe|object|embed|base|form)\b/i);
    // Values are escaped and may contain anything; names may not.
    expect(text.replace(/="[^"]*"/g, '=')).not.toMatch(/<[^>]*\s(src|srcset|action|on\w+)=/i);
    expect(
      [...text.matchAll(/<[^>]*\shref="([^"]*)"/g)].every(([, to]) => /^(#|data:,$)/.test(to ?? '')),
    ).toBe(true);
    expect(text).not.toMatch(/@import|url\(/);
    expect(text).toContain("default-src 'none'");
  });

  it('has unique ids and no dead links within the page', () => {
    const ids = [...three.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const targets = [...three.matchAll(/href="#([^"]*)"/g)].map(([, id]) => id);
    expect(targets.length).toBeGreaterThan(5);
    expect(targets.filter((id) => !ids.includes(id))).toEqual([]);
  });

  it('begins with the conclusion, the target, and the counts', () => {
    const head = textOf(/<header[\s\S]*<\/header>/.exec(page)?.[0] ?? '');
    expect(head).toContain('Receiver contract');
    expect(head).toContain(
      '✗ Failed MUST not met: RCV-TIM-01, RCV-IDM-01. 10 cases were judged, 3 of them in part. http://127.0.0.1:3000/callback',
    );
    expect(head).toContain('3 ✓ passed 3 ✗ failed 1 ~ non-strict 3 ○ passed in part 1 – not applicable');
    expect(head).toContain('Time to answer 1 s');
    expect(head).toContain('Channel probe not observed');
  });

  it('counts the passed and the judged cases in the matrix, for each target', () => {
    expect(rowOf(three, 'Acknowledgement')).toBe(
      'Acknowledgement ~ 2 of 3 passed 1 non-strict ✓ 3 of 3 passed not run',
    );
    expect(rowOf(three, 'Idempotency')).toBe(
      'Idempotency ✗ 0 of 2 passed 2 failed, 2 not observable ✓ 4 of 4 passed ○ none judged 2 not observable',
    );
  });

  it('shows everything about a case', () => {
    const one = textOf(caseIn(page, 'RCV-IDM-01'));
    for (const part of [
      'RCV-IDM-01 A duplicate callback is processed once ✗ failed (MUST)',
      'Requirement (MUST) The same callback may arrive more than once',
      'Why it matters One video causes',
      'How to fix Store',
      'Based on AI Video Extension Callbacks',
      'Sent the same callback twice',
      'Answer: ✓ passed Expected HTTP 200 within 1000 ms, 2 times Actual HTTP 200 after 3 ms',
      'Effect: ✗ failed',
      'Reproduce',
    ]) {
      expect(one).toContain(part);
    }
  });

  it('shows the replay command unbroken, so that it can be copied', () => {
    const command = /<code class="command">(.*?)<\/code>/.exec(caseIn(page, 'RCV-IDM-01'))?.[1] ?? '';
    expect(command.replace(/<[^>]*>/g, '')).toBe(
      'stuntdouble verify receiver http://127.0.0.1:3000/callback --event runway.generate --only RCV-IDM-01',
    );
  });

  it('opens cases that need a fix and collapses the others', () => {
    expect(caseIn(page, 'RCV-IDM-01')).toMatch(/^<details class="case" id="RCV-IDM-01" open>/);
    expect(caseIn(page, 'RCV-ACK-04')).toMatch(/ open>/);
    expect(caseIn(page, 'RCV-ACK-01')).toMatch(/^<details class="case calm" id="RCV-ACK-01">/);
  });

  it('shows the result of each target, or that the case was not run', () => {
    const summary = /<summary>.*?<\/summary>/.exec(caseIn(three, 'RCV-TIM-01'))?.[0] ?? '';
    expect(textOf(summary)).toMatch(/A ✗ failed \(MUST\) B ✓ passed C not run$/);
  });

  it('shows the level of an aspect where it differs, and how to make it observable', () => {
    expect(textOf(caseIn(page, 'RCV-FAIL-01'))).toContain(
      'Effect (SHOULD): ○ not observable Expected class moderation for nsfw To make it observable Set --probe',
    );
  });

  it('escapes every text of a report', () => {
    const text = formatHtml([hostile(), hostile()]);
    expect(text).not.toMatch(/<script|<img/);
    expect(visible(text)).toBe(text);
    expect(text).toContain(
      '&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39; ]]&gt; \\x1b[2J',
    );
  });

  it('counts a SHOULD that is not met under strict', () => {
    const soft = sampleReport(everyStatus().cases.filter(({ id }) => id === 'RCV-IDM-05'));
    expect(formatHtml([soft])).toContain('✓ Passed');
    expect(formatHtml([soft], { strict: true })).toContain('✗ Failed under --strict');
  });
});

describe('the timeline', () => {
  it('is a labeled picture with one axis, followed by a text version', () => {
    const figure =
      /<figure[\s\S]*?<\/figure>/.exec(caseIn(formatHtml([everyStatus()]), 'RCV-TIM-01'))?.[0] ?? '';
    expect(figure).toContain(
      'role="img" aria-label="Timeline of RCV-TIM-01: 3 entries in 1.3 s; a text version follows."',
    );
    expect(figure).toContain('<tspan class="kind">✗ attempt</tspan> callback 1 → timeout');
    expect(textOf(figure)).toContain(
      'Timeline as text 3 ms attempt: callback 1 → timeout, took 1 s ✗ problem 8 ms download:',
    );
  });

  it('is shortened to fit a phone in the picture, and complete in the text', () => {
    const text = 'a note that is far too long to fit next to its time on a small screen';
    const page = formatHtml([
      sampleReport([
        sampleCase('RCV-1', { timeline: [{ atMs: 0, durationMs: 0, kind: 'note', text, isBad: false }] }),
      ]),
    ]);
    expect(page).toContain('</tspan> a note that is far too long to fit …</text>');
    expect(page).toContain(`note: ${text}`);
  });

  it('has one lane for each kind when there are many entries, and stays within the picture', () => {
    const page = formatHtml([everyStatus()]);
    const crowd = caseIn(page, 'RCV-TIM-04');
    expect(crowd.match(/<g class="lane/g)).toHaveLength(2);
    expect(textOf(crowd)).toContain('attempt 50 entries');
    expect(crowd.match(/<li>/g)?.length).toBeGreaterThanOrEqual(100);
    const places = [...page.matchAll(/<rect class="bar" x="([\d.]+)%" y="\d+" width="([\d.]+)%"/g)];
    expect(places.every(([, x, width]) => Number(x) + Number(width) <= 100.02)).toBe(true);
  });

  it('is omitted when nothing happened', () => {
    expect(caseIn(formatHtml([everyStatus()]), 'RCV-SEC-01')).not.toContain('<svg');
  });
});
