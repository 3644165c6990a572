import { describe, expect, it } from 'vitest';
import { fc } from '../../fixtures/properties.ts';
import { jsonLines, visibleParts } from './json-lines.ts';

const shown = (text: string): string[] | undefined =>
  jsonLines(text)?.map(({ indent, parts }) => '  '.repeat(indent) + parts.map((part) => part.text).join(''));

describe('the lines of JSON', () => {
  it('are those of JSON.stringify', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const lines = shown(text)?.join('\n');
        expect(lines).toBe(
          visibleParts(JSON.stringify(JSON.parse(text), null, 2))
            .map((one) => one.text)
            .join(''),
        );
      }),
      { examples: [['{"a":[],"b":{},"c":[1,{"d":null}]}']] },
    );
  });

  it('keep numbers and repeated keys unchanged', () => {
    expect(shown('{"id":12345678901234567890,"n":1.0,"id":1e3}')).toEqual([
      '{',
      '  "id": 12345678901234567890,',
      '  "n": 1.0,',
      '  "id": 1e3',
      '}',
    ]);
  });

  it('show what text direction marks would hide', () => {
    const [, line] = jsonLines('{"prompt":"a\u202Eb"}') ?? [];
    expect(line?.parts.find(({ role }) => role === 'hidden')).toEqual({ role: 'hidden', text: '\\u202e' });
  });

  it('know how many lines can be folded', () => {
    expect(jsonLines('{"a":{"b":1,"c":2},"d":[]}')?.map(({ holds }) => holds)).toEqual([5, 2, 0, 0, 0, 0, 0]);
  });

  it('make links of addresses only', () => {
    const links = (text: string) =>
      jsonLines(text)?.flatMap(({ parts }) =>
        parts.flatMap((part) => (part.role === 'link' ? [part.text] : [])),
      );
    expect(links('["http://127.0.0.1/video.mp4","javascript:alert(1)","http://a b"]')).toEqual([
      'http://127.0.0.1/video.mp4',
    ]);
  });

  it('do not exist for other text', () => {
    expect(jsonLines('<html>')).toBeNull();
  });
});
