import { describe, expect, it } from 'vitest';
import { loadPacks } from '../../index.ts';
import { describePack } from '../../packs/describe-pack.ts';
import { createRequestValidator } from '../../packs/request-validator.ts';
import { curlOf, fetchOf } from './equivalents.ts';
import { bodyOf, fieldsOf, type JsonSchema } from './form.ts';
import { differences, readable } from './message-text.ts';
import { timeOfDay } from './time-of-day.ts';

describe('a form generated from a schema', () => {
  const submits = loadPacks().flatMap((pack) =>
    describePack(pack)
      .operations.filter(({ does, request }) => does === 'submit' && request !== null)
      .map((facts) => ({ pack, facts, name: `${pack.name} ${facts.id}` })),
  );

  it.each(submits)('is accepted by the mock with its initial values: $name', ({ pack, facts }) => {
    const schema = facts.request as JsonSchema;
    const fields = fieldsOf(schema, facts.example, facts.promptAt);
    expect(fields.length).toBeGreaterThan(0);
    const body = bodyOf(fields, {}, schema);
    const filled = Object.entries(facts.example as object).filter(([, value]) => value !== '');
    expect(body).toEqual(Object.fromEntries(filled));
    const operation = pack.operations.find(({ id }) => id === facts.id);
    if (operation === undefined) throw new Error(`pack ${pack.name} does not have the operation ${facts.id}`);
    const header = (name: string): string | undefined => facts.headers[name];
    const parts = { query: () => undefined, header, pathParams: {}, body };
    expect(createRequestValidator(pack)(operation, parts)).toBeNull();
  });

  it('omits empty fields, and keeps the types of values', () => {
    const schema: JsonSchema = {
      required: ['prompt'],
      properties: {
        prompt: { type: 'string' },
        duration: { enum: [5, 10] },
        size: { type: 'integer' },
        loop: { type: 'boolean' },
      },
    };
    const fields = fieldsOf(schema, { prompt: 'A cat' }, '/prompt');
    expect(fields.map(({ kind }) => kind)).toEqual(['long-text', 'choice', 'number', 'yes-no']);
    expect(bodyOf(fields, { duration: '10', loop: 'true' }, schema)).toEqual({
      prompt: 'A cat',
      duration: 10,
      loop: true,
    });
  });

  it('names the field that is not valid JSON', () => {
    const schema: JsonSchema = { properties: { options: { type: 'object' }, size: { type: 'number' } } };
    const fields = fieldsOf(schema, {}, null);
    expect(() => bodyOf(fields, { options: '{' }, schema)).toThrow('options must be JSON, got {');
    expect(() => bodyOf(fields, { size: 'big' }, schema)).toThrow('size must be a number, got big');
  });
});

describe('the equivalent of an action', () => {
  it('is a shell command with quoted values', () => {
    expect(
      curlOf({ method: 'POST', url: 'http://h/x?a=1&b=2', headers: { a: 'b' }, body: `{"p":"it's"}` }),
    ).toBe(`curl -s 'http://h/x?a=1&b=2' -H 'a: b' -d '{"p":"it'\\''s"}'`);
    expect(curlOf({ method: 'DELETE', url: 'http://h/x' })).toBe('curl -s -X DELETE http://h/x');
  });

  it('has the token of the mock as a variable of the shell', () => {
    expect(curlOf({ method: 'POST', url: 'http://h/__admin/reset' }, true)).toBe(
      'curl -s -X POST http://h/__admin/reset -H "authorization: Bearer $TOKEN"',
    );
  });

  it('names URLs of the mock by those of the mock of the test', () => {
    const body = '{"to":"http://h/__sink?fail=1","note":"see http://h/x","other":"http://host/x"}';
    expect(fetchOf({ method: 'POST', url: 'http://h/x', body }, 'http://h')).toContain(
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the text is code for a test of the user.
      'JSON.stringify({"to":`${mock.url}/__sink?fail=1`,"note":"see http://h/x","other":"http://host/x"})',
    );
  });

  it('is a line of a test that calls fetch', () => {
    const line = fetchOf(
      { method: 'POST', url: 'http://h/x', headers: { a: 'b' }, body: '{"c":1}' },
      'http://h',
    );
    expect(line).toBe(
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the text is code for a test of the user.
      'await fetch(`${mock.url}/x`, { method: \'POST\', headers: {"a":"b"}, body: JSON.stringify({"c":1}) });',
    );
  });
});

describe('messages', () => {
  it('are indented when they are JSON, and unchanged otherwise', () => {
    expect(readable('{"a":1}')).toBe('{\n  "a": 1\n}');
    expect(readable('{"a":')).toBe('{"a":');
  });

  it('are compared line by line', () => {
    expect(differences('{"a":1}', '{"a":1}')).toBeNull();
    expect(differences('{"a":1,"b":2}', '{"a":1,"b":3}')).toEqual([
      { mark: ' ', text: '{' },
      { mark: ' ', text: '  "a": 1,' },
      { mark: '-', text: '  "b": 2' },
      { mark: '+', text: '  "b": 3' },
      { mark: ' ', text: '}' },
    ]);
  });
});

describe('the time of day', () => {
  it('has milliseconds, and neither date nor zone', () => {
    expect(timeOfDay('2026-01-02T03:04:05.678Z')).toBe('03:04:05.678');
  });
});
