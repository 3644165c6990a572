import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { headerScenario, partsOf, pathParamsOf } from './operation-call.ts';
import type { Match } from './router.ts';

const requestOf = (url: string, headers: IncomingMessage['headers'] = {}): IncomingMessage =>
  ({ url, headers }) as IncomingMessage;
const matchOf = (pathParams: Readonly<Record<string, string>>): Match => ({ pathParams }) as unknown as Match;

const IDS = { of: () => 'id-1' };

describe('the parts of a call', () => {
  it.each([
    ['/clips?taskId=abc', 'taskId', 'abc'],
    ['/clips?taskId=a%20b', 'taskId', 'a b'],
    ['/clips?taskId=a+b', 'taskId', 'a b'],
    ['/clips?page=2&taskId=abc', 'taskId', 'abc'],
    ['/clips?taskId=abc&page=2', 'taskId', 'abc'],
    ['/clips?taskId=', 'taskId', ''],
    ['/clips?taskIds=abc', 'taskId', undefined],
    ['/clips', 'taskId', undefined],
  ])('contain the parameters of %s', (url, name, expected) => {
    expect(partsOf(requestOf(url), matchOf({}), IDS).query(name)).toBe(expected);
  });

  it('contain headers in any case, path parameters and the body', () => {
    const parts = partsOf(requestOf('/', { 'x-version': '2' }), matchOf({ id: '5' }), IDS);
    parts.body = { prompt: 'x' };
    expect(parts.header('X-Version')).toBe('2');
    expect(parts.header('x-other')).toBeUndefined();
    expect(parts).toMatchObject({ pathParams: { id: '5' }, body: { prompt: 'x' } });
  });
});

describe('the path parameters of a task', () => {
  it('are null if the path has none', () => {
    expect(pathParamsOf(matchOf({}))).toBeNull();
    expect(pathParamsOf(matchOf({ id: '5' }))).toEqual({ id: '5' });
  });
});

describe('the scenario of a call', () => {
  it('is the first value of its header', () => {
    expect(headerScenario(requestOf('/'))).toBeUndefined();
    expect(headerScenario(requestOf('/', { 'x-mock-scenario': 'fail.nsfw' }))).toBe('fail.nsfw');
    expect(headerScenario(requestOf('/', { 'x-mock-scenario': ['first', 'second'] }))).toBe('first');
  });
});
