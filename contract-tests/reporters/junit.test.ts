import { describe, expect, it } from 'vitest';
import { formatJunit } from './junit.ts';
import { everyStatus, HOSTILE, hostile, nothingJudged } from './sample-report.ts';

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

/** A strict reader for what is written here: anything that is not well-formed throws. */
function readXml(source: string): Element {
  const top: Element = { name: '', attributes: {}, children: [], text: '' };
  const open = [top];
  const token = /<\?xml [^?]*\?>|<(\/?)([\w:-]+)((?: [\w:.-]+="[^"<]*")*)(\/?)>|([^<]+)|([\s\S])/gy;
  for (const [all, close, name = '', attributes = '', empty, text, odd] of source.matchAll(token)) {
    const parent = open.at(-1) ?? top;
    if (odd !== undefined) throw new Error(`not well-formed at ${all}`);
    else if (text !== undefined) parent.text += unescapeXml(text);
    else if (close === '/') expect(open.pop()?.name).toBe(name);
    else if (name !== '') {
      const element = { name, attributes: readAttributes(attributes), children: [], text: '' };
      parent.children.push(element);
      if (empty !== '/') open.push(element);
    }
  }
  expect(open).toHaveLength(1);
  expect(top.children).toHaveLength(1);
  return top.children[0] ?? top;
}

function readAttributes(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/([\w:.-]+)="([^"]*)"/g)].map(([, name, value = '']) => [name, unescapeXml(value)]),
  );
}

function unescapeXml(text: string): string {
  expect(text).not.toMatch(/&(?!(amp|lt|gt|quot|#\d+);)/);
  return text
    .replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
}

function testNamed(root: Element, id: string): Element {
  const tests = root.children.flatMap(({ children }) => children);
  const found = tests.find(({ attributes }) => attributes.name?.startsWith(id));
  if (found === undefined) throw new Error(`no test ${id}`);
  return found;
}

describe('the JUnit report', () => {
  const lax = readXml(formatJunit(everyStatus(), { strict: false }));
  const strict = readXml(formatJunit(everyStatus(), { strict: true }));

  it('has a suite for each group, and its counts add up', () => {
    expect(
      lax.children.map(({ attributes }) => [attributes.name, attributes.tests, attributes.failures]),
    ).toEqual([
      ['Acknowledgement', '3', '0'],
      ['Timing', '2', '1'],
      ['Idempotency', '4', '1'],
      ['Failures', '1', '0'],
      ['Security', '1', '0'],
    ]);
    expect(lax.attributes).toMatchObject({
      tests: '11',
      failures: '2',
      errors: '0',
      skipped: '4',
      time: '4.210',
    });
    expect(strict.attributes).toMatchObject({ tests: '11', failures: '4' });
  });

  it('names a test by its id and title, with its time in seconds', () => {
    expect(testNamed(lax, 'RCV-ACK-01').attributes).toEqual({
      classname: 'receiver.Acknowledgement',
      name: 'RCV-ACK-01 A success is acknowledged',
      time: '0.412',
    });
  });

  it('says of a broken MUST what was expected, and all the rest as text', () => {
    const [failure] = testNamed(lax, 'RCV-TIM-01').children;
    expect(failure?.name).toBe('failure');
    expect(failure?.attributes).toEqual({
      type: 'must',
      message: 'expected HTTP 200 within 1000 ms; actual: timeout after 1001 ms',
    });
    expect(failure?.text).toContain('to mend it  Answer first');
    expect(failure?.text).toContain('✗ POST 1 → timeout');
  });

  it('counts a broken SHOULD under strict, and else says it in system-out', () => {
    expect(testNamed(strict, 'RCV-IDM-05').children[0]).toMatchObject({
      name: 'failure',
      attributes: { type: 'should' },
    });
    const [out] = testNamed(lax, 'RCV-IDM-05').children;
    expect(out?.name).toBe('system-out');
    expect(out?.text).toMatch(/^SHOULD broken; counts under --strict\. expected the work/);
  });

  it('does the same with what is legal, but not what the page asks', () => {
    expect(testNamed(strict, 'RCV-ACK-04').children[0]?.attributes.type).toBe('non-strict');
    expect(testNamed(lax, 'RCV-ACK-04').children[0]?.text).toMatch(/^non-strict; counts under --strict\./);
  });

  it('skips what could not be seen or does not apply, and says why', () => {
    expect(testNamed(lax, 'RCV-FAIL-01').children[0]).toMatchObject({
      name: 'skipped',
      attributes: { message: 'not observable: Give --probe, and let its answer have "class".' },
    });
    expect(testNamed(lax, 'RCV-SEC-01').children[0]?.attributes.message).toBe(
      'not applicable: callbacks are not signed: give --secret',
    );
  });

  it('has the settings as properties', () => {
    const properties = lax.children[0]?.children.find(({ name }) => name === 'properties')?.children ?? [];
    const values = Object.fromEntries(
      properties.map(({ attributes }) => [attributes.name, attributes.value]),
    );
    expect(values).toMatchObject({ seed: '1', 'setting.ackTimeout': '1000 ms', 'channel.probe': 'false' });
  });

  it('is red when nothing was judged, although every test is skipped', () => {
    const root = readXml(formatJunit(nothingJudged(), { strict: false }));
    expect(root.attributes).toMatchObject({ tests: '4', failures: '0', errors: '1', skipped: '3' });
    expect(testNamed(root, 'at least one').children[0]).toMatchObject({
      name: 'error',
      attributes: { type: 'nothing-judged' },
    });
  });

  it('is well-formed whatever the texts are', () => {
    const text = formatJunit(hostile(), { strict: true });
    const root = readXml(text);
    expect(text).not.toMatch(/<script|<img|]]>/);
    expect(root.children[1]?.attributes.name).toBe(HOSTILE.replace('\u001b', '').replace('\u0000', ''));
  });
});
