import { expect, it } from 'vitest';
import { createSharedTime } from './shared-time.ts';

it('does not go back when a move ends that a poll has overtaken', () => {
  const time = createSharedTime('polls', 0, () => 0);
  const fromAt = time.beginMove();
  time.stopAt(60_000);
  expect(time.endMove(20_000)).toEqual({ fromAt, toAt: 60_000 });
  expect(time.now()).toBe(60_000);
});
