import { describe, expect, it } from 'vitest';
import { loadPacks } from '../../mock-server/index.ts';
import { PLAIN, SILENT, STIMULI, setUpFor } from './stimuli.ts';

describe('the stimuli', () => {
  it('begin with the two that show how the client behaves', () => {
    expect(STIMULI.slice(0, 2)).toEqual([PLAIN, SILENT]);
  });

  it('include one without faults that applies before the vendor is known', () => {
    expect(setUpFor(PLAIN, null)).toEqual({ clock: 'real' });
  });

  it('do not apply before the vendor is known when their set-up depends on it', () => {
    const dependent = STIMULI.filter(({ setUp }) => typeof setUp === 'function');
    expect(dependent.length).toBeGreaterThan(5);
    for (const stimulus of dependent) expect(setUpFor(stimulus, null)).toBeNull();
  });

  it.each(loadPacks())('apply to $name where it has the behavior', (pack) => {
    const applicable = STIMULI.filter((stimulus) => setUpFor(stimulus, pack) !== null);
    expect(applicable.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['plain', 'outage', 'lost-answer']),
    );
  });
});
