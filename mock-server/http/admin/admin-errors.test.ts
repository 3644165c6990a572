import { describe, expect, it } from 'vitest';
import { ask, get, problem, start } from './testing/admin-client.ts';
import { keysOf, METHODS, ROOT, templateOf, walk } from './testing/admin-conformance.ts';
import { missedBy } from './testing/documented-names.ts';

describe('an unknown admin call', () => {
  it.each(['', '/', '/nothing', '/tasks/1/cancel', '/health/more'])('is rejected: GET %s', async (target) => {
    await start();
    expect(await get(target)).toEqual(problem('CALL_UNKNOWN', 404));
  });

  const UNSUPPORTED = keysOf(walk(ROOT, 'paths')).flatMap((path) =>
    [...METHODS, 'put', 'patch', 'options']
      .filter((method) => walk(ROOT, 'paths', path, method) === undefined)
      .map((method) => [method.toUpperCase(), path.replace('{taskId}', 'any')] as const),
  );

  it.each(UNSUPPORTED)('is rejected with the supported methods: %s %s', async (method, path) => {
    await start();
    const { json, headers } = await ask(method, path);
    expect(json).toEqual(problem('METHOD_UNKNOWN', 405));
    const item = keysOf(walk(ROOT, 'paths', templateOf(path) ?? '')).filter((key) => METHODS.includes(key));
    expect(headers.allow?.split(', ').sort()).toEqual(item.map((key) => key.toUpperCase()).sort());
  });
});

describe('the tests of admin errors', () => {
  it('cause both answers to unknown calls', () => {
    expect(missedBy('admin-errors')).toEqual([]);
  });
});
