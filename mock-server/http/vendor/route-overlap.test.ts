import { describe, expect, it } from 'vitest';
import { fc } from '../../../fixtures/properties.ts';
import { compilePathTemplate, matchPath } from '../../core/path-template.ts';
import { createRouteOverlap, overlap } from './route-overlap.ts';

describe('two templates', () => {
  it.each([
    ['/clips', '/clips'],
    ['/clips/{id}', '/clips/{clip}'],
    ['/clips/{id}', '/clips/latest'],
    ['/{a}/b', '/a/{b}'],
    ['/{+model}', '/a/b/c'],
    ['/{+model}/requests/{id}', '/{+name}'],
    ['/{+model}/requests/{id}', '/a/b/{kind}/{id}'],
    ['/{+a}/x', '/y/{+b}'],
  ])('%s and %s overlap', (first, second) => {
    expect([overlap(first, second), overlap(second, first)]).toEqual([true, true]);
  });

  it.each([
    ['/clips', '/films'],
    ['/clips', '/clips/{id}'],
    ['/{a}/b', '/{a}/c'],
    ['/{+model}/requests', '/requests'],
    ['/{+model}/status', '/a/b/cancel'],
    ['/x/{+a}', '/y/{+b}'],
  ])('%s and %s do not overlap', (first, second) => {
    expect([overlap(first, second), overlap(second, first)]).toEqual([false, false]);
  });

  it('overlap if a path matches both', () => {
    const part = fc.constantFrom('a', 'b', '{p}', '{+q}');
    const template = fc
      .array(part, { minLength: 1, maxLength: 4 })
      .filter((parts) => parts.filter((one) => one === '{+q}').length <= 1)
      .map((parts) => `/${parts.join('/')}`);
    const path = fc.array(fc.constantFrom('a', 'b'), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(template, template, path, (first, second, segments) => {
        const text = `/${segments.join('/')}`;
        const matchesBoth = [first, second].every(
          (one) => matchPath(compilePathTemplate(one), text) !== null,
        );
        if (matchesBoth) expect([first, second, overlap(first, second)]).toEqual([first, second, true]);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a collection of routes', () => {
  it('finds the owner of an overlapping route with the same method', () => {
    const routes = createRouteOverlap<string>();
    routes.add('GET', '/clips/{id}', 'acme');
    expect(routes.find('GET', '/clips/latest')).toBe('acme');
    expect(routes.find('POST', '/clips/latest')).toBeNull();
    expect(routes.find('GET', '/films/{id}')).toBeNull();
  });
});
