import { expect, it } from 'vitest';
import { paramsInPath, pathWithId } from './path-with-id.ts';

const PATH = 'models/{$request.path.model}/operations/{id}';

it('contains the id and the parameters of the request', () => {
  expect(pathWithId(PATH, 'a1', { model: 'fast' })).toBe('models/fast/operations/a1');
  expect(paramsInPath(PATH)).toEqual(['model']);
});

it('leaves out parameters that the request does not have', () => {
  expect(pathWithId(PATH, 'a1', null)).toBe('models//operations/a1');
  expect(pathWithId('{$request.path.toString}/{id}', 'a1', {})).toBe('/a1');
});

it('does not interpret values as patterns or placeholders', () => {
  expect(pathWithId(PATH, '$&', { model: '{id}' })).toBe('models/{id}/operations/$&');
});
