import { describe, expect, it } from 'vitest';
import { fc } from '../../fixtures/properties.ts';
import { mergePatch } from './merge-patch.ts';

/** The table of RFC 7396, appendix A, row by row. */
const APPENDIX: readonly (readonly [original: string, patch: string, result: string])[] = [
  ['{"a":"b"}', '{"a":"c"}', '{"a":"c"}'],
  ['{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'],
  ['{"a":"b"}', '{"a":null}', '{}'],
  ['{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'],
  ['{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'],
  ['{"a":"c"}', '{"a":["b"]}', '{"a":["b"]}'],
  ['{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'],
  ['{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'],
  ['["a","b"]', '["c","d"]', '["c","d"]'],
  ['{"a":"b"}', '["c"]', '["c"]'],
  ['{"a":"foo"}', 'null', 'null'],
  ['{"a":"foo"}', '"bar"', '"bar"'],
  ['{"e":null}', '{"a":1}', '{"e":null,"a":1}'],
  ['[1,2]', '{"a":"b","c":null}', '{"a":"b"}'],
  ['{}', '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'],
];

const someJson = fc.jsonValue({ maxDepth: 3 });
/** Values without null, so that a patch with them removes nothing. */
const withoutNull = fc.object({
  values: [fc.string(), fc.integer(), fc.boolean(), fc.array(fc.integer(), { maxLength: 3 })],
  maxDepth: 2,
  withNullPrototype: false,
});

describe('a merge patch', () => {
  it.each(APPENDIX)('turns %s with the patch %s into %s', (original, patch, result) => {
    expect(mergePatch(JSON.parse(original), JSON.parse(patch))).toStrictEqual(JSON.parse(result));
  });

  it('changes neither its target nor the patch', () => {
    fc.assert(
      fc.property(someJson, someJson, (target, patch) => {
        const before = JSON.stringify([target, patch]);
        mergePatch(target, patch);
        expect(JSON.stringify([target, patch])).toBe(before);
      }),
    );
  });

  it('is idempotent', () => {
    fc.assert(
      fc.property(someJson, someJson, (target, patch) => {
        const once = mergePatch(target, patch);
        expect(JSON.stringify(mergePatch(once, patch))).toBe(JSON.stringify(once));
      }),
    );
  });

  it('changes nothing when it is empty', () => {
    fc.assert(
      fc.property(withoutNull, (target) => {
        expect(mergePatch(target, {})).toStrictEqual(target);
      }),
    );
  });

  it('does not change prototypes', () => {
    const patch = JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}');
    const merged = mergePatch({ own: true }, patch);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(Object.getPrototypeOf(merged)).toBe(Object.prototype);
  });

  it('treats __proto__ as an ordinary key', () => {
    const merged = mergePatch({}, JSON.parse('{"__proto__":{"a":1},"constructor":{"b":2}}'));
    expect(JSON.stringify(merged)).toBe('{"__proto__":{"a":1},"constructor":{"b":2}}');
  });
});
