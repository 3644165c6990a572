import { expect, it } from 'vitest';
import type { Lane } from '../model/lane.ts';
import { createHeldRows } from './held-rows.ts';

const lanes = (count: number): Lane[] => Array.from({ length: count }, (_, n) => ({ id: String(n) }) as Lane);
const shown = ({ rows, waiting }: { readonly rows: readonly Lane[]; readonly waiting: number }) => [
  rows.map(({ id }) => id).join(''),
  waiting,
];

it('shows all rows while they are not held', () => {
  const held = createHeldRows();
  expect(shown(held.show(lanes(2), false))).toEqual(['01', 0]);
  expect(shown(held.show(lanes(3), false))).toEqual(['012', 0]);
});

it('leaves out new tasks while the rows are held, and counts them', () => {
  const held = createHeldRows();
  held.show(lanes(2), true);
  expect(shown(held.show(lanes(5), true))).toEqual(['01', 3]);
  expect(shown(held.show(lanes(5), false))).toEqual(['01234', 0]);
  held.show(lanes(5), true);
  held.release();
  expect(shown(held.show(lanes(6), true))).toEqual(['012345', 0]);
});

it('shows the same list again for the same tasks', () => {
  const held = createHeldRows();
  held.show(lanes(2), true);
  const all = lanes(4);
  expect(held.show(all, true).rows).toBe(held.show(all, true).rows);
});

it('starts again when the held task was removed', () => {
  const held = createHeldRows();
  held.show(lanes(2), true);
  expect(shown(held.show(lanes(5).slice(3), true))).toEqual(['34', 0]);
});
