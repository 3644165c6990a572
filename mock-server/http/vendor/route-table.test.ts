import { describe, expect, it } from 'vitest';
import { createRouteTable } from './route-table.ts';

function tableOf(...templates: string[]) {
  const table = createRouteTable<string>();
  for (const template of templates) table.add('GET', template, template);
  return (path: string, method = 'GET') => {
    const fixed = table.findFixed(method, path);
    return fixed === null ? table.findPattern(method, path) : { target: fixed, pathParams: {} };
  };
}

describe('a table of routes', () => {
  const find = tableOf(
    '/clips',
    '/clips/{id}',
    '/clips/{id}/frames',
    '/clips/latest/{n}',
    '/clips/{id}:cancel',
    '/{tenant}/films',
    '/{+model}',
    '/{+model}/requests/{id}',
    '/{+model}/requests/{id}/status',
  );

  it.each([
    ['/clips', '/clips', {}],
    ['/clips/a%20b', '/clips/{id}', { id: 'a b' }],
    ['/clips/latest/frames', '/clips/latest/{n}', { n: 'frames' }],
    ['/clips/other/frames', '/clips/{id}/frames', { id: 'other' }],
    ['/clips/7:cancel', '/clips/{id}:cancel', { id: '7' }],
    ['/clips/films', '/clips/{id}', { id: 'films' }],
    ['/acme/films', '/{tenant}/films', { tenant: 'acme' }],
    ['/fast/sdxl', '/{+model}', { model: 'fast/sdxl' }],
    ['/fast/sdxl/requests/9', '/{+model}/requests/{id}', { model: 'fast/sdxl', id: '9' }],
    ['/fast/sdxl/requests/9/status', '/{+model}/requests/{id}/status', { model: 'fast/sdxl', id: '9' }],
    ['/clips/a/b/c', '/{+model}', { model: 'clips/a/b/c' }],
  ])('finds %s at %s', (path, target, pathParams) => {
    expect(find(path)).toEqual({ target, pathParams });
  });

  it.each(['/', '', '//', '/clips//frames', '/fast/'])('does not find "%s"', (path) => {
    expect(find(path)).toBeNull();
  });

  it('tells methods apart', () => {
    expect(find('/clips', 'POST')).toBeNull();
    expect(find('/clips/1', 'POST')).toBeNull();
  });

  it('takes a parameter for a segment only if the rest of the path matches', () => {
    const second = tableOf('/v1/{owner}/{name}/runs', '/v1/models/{id}');
    expect(second('/v1/models/x/runs')?.target).toBe('/v1/{owner}/{name}/runs');
    expect(second('/v1/models/x')?.target).toBe('/v1/models/{id}');
  });
});
