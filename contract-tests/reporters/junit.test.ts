import { describe, expect, it } from 'vitest';
import {
  everyStatus,
  explained,
  HOSTILE,
  hostile,
  inconclusive,
  nothingJudged,
  sampleCase,
  samplePayloadReport,
  sampleReport,
} from '../conformance/sample-report.ts';
import { formatJunit } from './junit.ts';
import { renderPayloadReport } from './payload-report.ts';

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

/** Strict parser for the XML written here; it throws for anything that is not well-formed. */
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
  if (found === undefined) throw new Error(`unknown test ${id}`);
  return found;
}

/** Returns the sums over all suites. */
function countsOf(root: Element): Record<string, number> {
  const names = ['tests', 'failures', 'errors', 'skipped'];
  const sum = (name: string): number =>
    root.children.reduce((total, { attributes }) => total + Number(attributes[name]), 0);
  return Object.fromEntries(names.map((name) => [name, sum(name)]));
}

function outOf(root: Element, suite: string): string {
  const found = root.children.find(({ attributes }) => attributes.name === suite);
  return found?.children.find(({ name }) => name === 'system-out')?.text ?? '';
}

/**
 * The rules of the Ant (windyroad/JUnit-Schema) and Jenkins (xunit-plugin, junit-10.xsd) schemas, the stricter of the
 * two for each.
 */
function expectValid(root: Element): void {
  expect([root.name, root.attributes]).toEqual(['testsuites', {}]);
  for (const [index, suite] of root.children.entries()) {
    expect(suite.name).toBe('testsuite');
    const counted = ['tests', 'failures', 'errors', 'skipped'];
    const required = ['id', 'package', 'name', 'hostname', 'timestamp', ...counted, 'time'];
    expect(Object.keys(suite.attributes).sort()).toEqual(required.sort());
    const { id, name, hostname, timestamp, time } = suite.attributes;
    expect([id, name !== '', hostname !== '']).toEqual([String(index), true, true]);
    expect(timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
    expect(time).toMatch(/^\d+\.\d{3}$/);
    for (const count of counted) expect(suite.attributes[count]).toMatch(/^\d+$/);
    const order = suite.children.map((child) => child.name).join(' ');
    expect(order).toMatch(/^properties( testcase)* system-out system-err$/);
    for (const child of suite.children) expectValidChild(child);
  }
}

function expectValidChild({ name, attributes, children }: Element): void {
  if (name === 'properties') {
    for (const property of children) {
      expect([property.name, Object.keys(property.attributes)]).toEqual(['property', ['name', 'value']]);
      expect(property.attributes.name).not.toBe('');
    }
  }
  if (name !== 'testcase') return;
  expect(Object.keys(attributes).sort()).toEqual(['classname', 'name', 'time']);
  expect(attributes.time).toMatch(/^\d+\.\d{3}$/);
  expect(children.length).toBeLessThanOrEqual(1);
  for (const child of children) {
    expect(['skipped', 'error', 'failure']).toContain(child.name);
    if (child.name !== 'skipped') expect(child.attributes.type).toBeDefined();
    expect(Object.keys(child.attributes).filter((key) => !['type', 'message'].includes(key))).toEqual([]);
  }
}

describe('the JUnit report', () => {
  const lax = readXml(formatJunit(everyStatus(), { strict: false }));
  const strict = readXml(formatJunit(everyStatus(), { strict: true }));

  it('has a suite for each group, and counts that add up', () => {
    expect(
      lax.children.map(({ attributes }) => [attributes.name, attributes.tests, attributes.failures]),
    ).toEqual([
      ['Acknowledgement', '3', '0'],
      ['Timing', '2', '1'],
      ['Idempotency', '4', '1'],
      ['Failures', '1', '0'],
      ['Security', '1', '0'],
    ]);
    expect(countsOf(lax)).toEqual({ tests: 11, failures: 2, errors: 0, skipped: 4 });
    expect(countsOf(strict)).toEqual({ tests: 11, failures: 4, errors: 0, skipped: 4 });
  });

  it('names a test by its id and title, with its time in seconds', () => {
    expect(testNamed(lax, 'RCV-ACK-01').attributes).toEqual({
      classname: 'receiver.Acknowledgement',
      name: 'RCV-ACK-01 A success is acknowledged',
      time: '0.412',
    });
  });

  it('reports the expected and actual result of an unmet MUST, with all details', () => {
    const [failure] = testNamed(lax, 'RCV-TIM-01').children;
    expect(failure?.name).toBe('failure');
    expect(failure?.attributes).toEqual({
      type: 'must',
      message: 'expected HTTP 200 within 1000 ms; actual: timeout after 1001 ms',
    });
    expect(failure?.text).toContain('how to fix      Answer first');
    expect(failure?.text).toContain('✗ callback 1 → timeout');
  });

  it('reports an unmet SHOULD as a failure under strict, and otherwise in system-out', () => {
    expect(testNamed(strict, 'RCV-IDM-05').children[0]).toMatchObject({
      name: 'failure',
      attributes: { type: 'should' },
    });
    expect(testNamed(lax, 'RCV-IDM-05').children).toEqual([]);
    expect(outOf(lax, 'Idempotency')).toMatch(
      /^RCV-IDM-05: SHOULD not met; fails the run under --strict\. expected the task/,
    );
  });

  it('treats a non-strict answer in the same way', () => {
    expect(testNamed(strict, 'RCV-ACK-04').children[0]?.attributes.type).toBe('non-strict');
    expect(outOf(lax, 'Acknowledgement')).toMatch(/^RCV-ACK-04: non-strict; fails the run under --strict\./);
  });

  it('skips cases that are not observable or not applicable, with the reason', () => {
    expect(testNamed(lax, 'RCV-FAIL-01').children[0]).toMatchObject({
      name: 'skipped',
      attributes: { message: 'not observable: Set --probe and include "class" in its answer.' },
    });
    expect(testNamed(lax, 'RCV-SEC-01').children[0]?.attributes.message).toBe(
      'not applicable: callbacks are not signed: set --secret',
    );
  });

  it('has the settings as properties', () => {
    const properties = lax.children[0]?.children.find(({ name }) => name === 'properties')?.children ?? [];
    const values = Object.fromEntries(
      properties.map(({ attributes }) => [attributes.name, attributes.value]),
    );
    expect(values).toMatchObject({ seed: '1', 'setting.ackTimeout': '1 s', 'channel.probe': 'false' });
  });

  it('has an error when no case was judged, although every test is skipped', () => {
    const root = readXml(formatJunit(nothingJudged(), { strict: false }));
    expect(countsOf(root)).toEqual({ tests: 4, failures: 0, errors: 1, skipped: 3 });
    expect(testNamed(root, 'The run is conclusive').children[0]).toMatchObject({
      name: 'error',
      attributes: { type: 'nothing-judged' },
    });
  });

  it.each([
    ['every status', everyStatus()],
    ['a report without verdicts', nothingJudged()],
    ['findings about the run', explained()],
    ['an inconclusive run', inconclusive()],
    ['hostile texts', hostile()],
    ['a negative duration', sampleReport([sampleCase('RCV-1', { durationMs: -3 })], { durationMs: -3 })],
  ])('of %s is valid by the schemas of Ant and Jenkins', (_what, report) => {
    for (const isStrict of [true, false]) expectValid(readXml(formatJunit(report, { strict: isStrict })));
  });

  it('is well-formed for hostile texts', () => {
    const text = formatJunit(hostile(), { strict: true });
    const root = readXml(text);
    expect(text).not.toMatch(/<script|<img|]]>/);
    expect(root.children[1]?.attributes.name).toBe(HOSTILE.replace('\u001b', '').replace('\u0000', ''));
  });
});

describe('the JUnit report of captured messages', () => {
  const root = readXml(renderPayloadReport('junit', samplePayloadReport()));

  it('is valid by the schemas of Ant and Jenkins', () => {
    expectValid(root);
  });

  it('has a test for each message, and a failure with every problem of an invalid one', () => {
    expect(countsOf(root)).toEqual({ tests: 2, failures: 1, errors: 0, skipped: 0 });
    expect(testNamed(root, 'captured/callbacks.jsonl:1').children).toEqual([]);
    const [failure] = testNamed(root, 'captured/callbacks.jsonl:3').children;
    expect(failure?.attributes).toEqual({ type: 'must', message: '/code must be a number, got "4<0>0"' });
    expect(failure?.text).toContain('/data/{x} is [missing]');
    expect(failure?.text).toContain('source: Callbacks of videos');
  });
});
