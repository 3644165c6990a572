import { expect, it } from 'vitest';
import { createCleanTexts } from './clean-texts.ts';

it('remembers texts up to a number, a total size and a length, until it is cleared', () => {
  const texts = createCleanTexts();
  texts.add('a');
  texts.add('x'.repeat(20_000));
  expect([texts.has('a'), texts.has('x'.repeat(20_000)), texts.has('b')]).toEqual([true, false, false]);
  for (let n = 0; n < 5000; n++) texts.add(`${n}`);
  expect([texts.has('a'), texts.has('4999')]).toEqual([false, true]);
  texts.clear();
  expect(texts.has('4999')).toBe(false);
});
