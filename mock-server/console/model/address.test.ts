import { describe, expect, it } from 'vitest';
import { hashOf, type Route, readRoute } from './address.ts';

describe('the address of a view', () => {
  it.each<Route>([
    { view: 'overview', taskId: null, query: {} },
    { view: 'overview', taskId: 'jobs/a b/?#1', query: { span: 'd2.1' } },
    { view: 'verdicts', taskId: null, query: { q: 'status:abandoned url:"a&b=c"', window: '30s' } },
  ])('is read as it was written: %j', (route) => {
    expect(readRoute(hashOf(route))).toEqual(route);
  });

  it('is that of the tasks when it is empty, unknown or cut off', () => {
    expect(readRoute('')).toEqual({ view: 'overview', taskId: null, query: {} });
    expect(readRoute('#nothing/').view).toBe('overview');
    expect(readRoute('#overview/100%').taskId).toBe('100%');
  });
});
