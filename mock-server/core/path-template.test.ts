import { describe, expect, it } from 'vitest';
import { fc } from '../../fixtures/properties.ts';
import { compilePathTemplate, decodePercent, matchPath, pathParamNames, routeKey } from './path-template.ts';

describe('a path template', () => {
  const pattern = compilePathTemplate('/v1.0/clips/{clipId}/frames/{n}');

  it('matches paths, and reads their parameters', () => {
    expect(matchPath(pattern, '/v1.0/clips/a%20b/frames/3')).toEqual({ clipId: 'a b', n: '3' });
    expect(pathParamNames('/v1.0/clips/{clipId}/frames/{n}')).toEqual(['clipId', 'n']);
  });

  it.each([
    '/v1.0/clips//frames/3',
    '/v1.0/clips/a/b/frames/3',
    '/v1x0/clips/a/frames/3',
    '/v1.0/clips/a/frames/3/',
  ])('does not match %s', (path) => {
    expect(matchPath(pattern, path)).toBeNull();
  });

  it('matches every value of its parameters', () => {
    const text = fc.string({ minLength: 1, unit: 'grapheme' });
    fc.assert(
      fc.property(text, text, (clipId, n) => {
        const path = `/v1.0/clips/${encodeURIComponent(clipId)}/frames/${encodeURIComponent(n)}`;
        expect(matchPath(pattern, path)).toEqual({ clipId, n });
      }),
    );
  });

  it('matches one or more segments with {+name}', () => {
    const queue = compilePathTemplate('/{+model}/requests/{id}');
    expect(matchPath(queue, '/fast/sdxl/requests/1')).toEqual({ model: 'fast/sdxl', id: '1' });
    expect(matchPath(queue, '/fast/requests/requests/1')).toEqual({ model: 'fast/requests', id: '1' });
    expect(pathParamNames('/{+model}/requests/{id}')).toEqual(['model', 'id']);
    for (const path of ['/requests/1', '/fast//requests/1', '//requests/1', '/fast/requests/']) {
      expect(matchPath(queue, path)).toBeNull();
    }
    expect(routeKey('GET', '/{+model}')).not.toBe(routeKey('GET', '/{model}'));
  });

  it('has the key of another template with other names of parameters', () => {
    expect(routeKey('GET', '/clips/{id}')).toBe(routeKey('GET', '/clips/{clip}'));
    expect(routeKey('GET', '/clips/{id}')).not.toBe(routeKey('POST', '/clips/{id}'));
    expect(routeKey('GET', '/clips/{id}')).not.toBe(routeKey('GET', '/clips/id'));
  });
});

describe('a text with percent-encoding', () => {
  it.each([
    ['a%20b', 'a b'],
    ['plain', 'plain'],
    ['100%', '100%'],
    ['%zz', '%zz'],
    ['%ff', '%ff'],
  ])('%s is %s', (text, decoded) => {
    expect(decodePercent(text)).toBe(decoded);
  });
});
