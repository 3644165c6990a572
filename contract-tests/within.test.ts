import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { within } from './within.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('returns the result of the work and leaves no timer behind', async () => {
  await expect(within(Promise.resolve(7), 1000, () => 'too late')).resolves.toBe(7);
  await expect(within(Promise.reject(new Error('its own')), 1000, () => 'too late')).rejects.toThrow(
    'its own',
  );
  expect(vi.getTimerCount()).toBe(0);
});

it('explains work that takes too long, with the current state', async () => {
  let doing = 'contacting the receiver';
  const outcome = within(new Promise(() => undefined), 1000, () => `the last activity was ${doing}`);
  const rejected = expect(outcome).rejects.toThrow('the last activity was waiting for downloads');
  doing = 'waiting for downloads';
  await vi.advanceTimersByTimeAsync(1000);
  await rejected;
});
