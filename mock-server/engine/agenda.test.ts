import { describe, expect, it } from 'vitest';
import { fc } from '../../fixtures/properties.ts';
import { createAgenda } from './agenda.ts';

describe('the agenda', () => {
  it('returns items by due time, and items due at the same time in insertion order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 })), (moments) => {
        const agenda = createAgenda<readonly [at: number, order: number]>();
        for (const [order, at] of moments.entries()) agenda.add(at, [at, order]);
        const taken = moments.map(() => agenda.take());
        const wanted = [...moments.entries()]
          .map(([order, at]) => [at, order] as const)
          .sort(([atA, orderA], [atB, orderB]) => atA - atB || orderA - orderB);
        expect(taken).toEqual(wanted);
        expect(agenda.take()).toBeUndefined();
        expect(agenda.nextAt()).toBeNull();
      }),
    );
  });

  it('stays ordered when additions and removals alternate', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.integer({ min: 0, max: 100 }))), (steps) => {
        const agenda = createAgenda<number>();
        const model: number[] = [];
        for (const step of steps) {
          if (step === null) {
            model.sort((a, b) => a - b);
            expect(agenda.take()).toBe(model.shift());
          } else {
            agenda.add(step, step);
            model.push(step);
          }
          expect(agenda.size).toBe(model.length);
          expect(agenda.nextAt()).toBe(model.length === 0 ? null : Math.min(...model));
        }
      }),
    );
  });
});
