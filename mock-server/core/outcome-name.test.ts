import { describe, expect, it } from 'vitest';
import { failureName, outcomeName } from './outcome-name.ts';

describe('the name of an outcome', () => {
  it.each([
    [{ type: 'success' }, 'success'],
    [{ type: 'canceled' }, 'canceled'],
    [{ type: 'failure', slug: 'nsfw' }, 'fail.nsfw'],
  ] as const)('of %j is %s', (outcome, name) => {
    expect(outcomeName(outcome)).toBe(name);
  });

  it('is the name of the scenario with the same failure', () => {
    expect(outcomeName({ type: 'failure', slug: 'internal' })).toBe(failureName('internal'));
  });
});
