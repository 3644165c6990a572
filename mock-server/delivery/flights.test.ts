import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DeliveryId } from '../core/types.ts';
import { createFlights } from './flights.ts';

const A = 'http://a.test';
const B = 'http://b.test';
const ID = 'cb-1' as DeliveryId;
/** Longer than a receiver is waited for. */
const LONG_MS = 1000;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Notes whether a promise has resolved. */
function watch(promise: Promise<void>) {
  const state = { resolved: false };
  void promise.then(() => {
    state.resolved = true;
  });
  return state;
}

const turn = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);

describe('the book of flights', () => {
  it('contains a delivery from its opening to its end, by owner and id', () => {
    const flights = createFlights<string>();
    const first = flights.open('task', ID, A, 5);
    const second = flights.open('task', 'cb-2' as DeliveryId, A, 5);
    expect([flights.size, flights.has('task', ID), flights.has('other', ID)]).toEqual([2, true, false]);
    first.end(false);
    expect([flights.size, flights.has('task', ID), flights.has('task', 'cb-2' as DeliveryId)]).toEqual([
      1,
      false,
      true,
    ]);
    second.end(false);
    expect(flights.size).toBe(0);
  });

  it('limits time to the earliest moment at which something can follow', () => {
    const flights = createFlights<string>();
    expect(flights.limit()).toBeNull();
    const first = flights.open('a', ID, A, 5);
    const second = flights.open('b', ID, A, 7);
    expect(flights.limit()).toBe(5);
    first.begin(60);
    expect(flights.limit()).toBe(7);
    second.begin(Number.POSITIVE_INFINITY);
    expect(flights.limit()).toBe(60);
    first.end(false);
    expect(flights.limit()).toBe(Number.POSITIVE_INFINITY);
  });

  it('is settled when the last delivery has ended, and has changed when any has', async () => {
    const flights = createFlights<string>();
    const [one, two] = [flights.open('a', ID, A, 0), flights.open('b', ID, A, 0)];
    const settled = watch(flights.settled());
    const changed = watch(flights.changed());
    await turn();
    expect([settled.resolved, changed.resolved]).toEqual([false, false]);
    one.end(false);
    await turn();
    expect([settled.resolved, changed.resolved]).toEqual([false, true]);
    two.end(false);
    await turn();
    expect(settled.resolved).toBe(true);
    await expect(flights.changed()).resolves.toBeUndefined();
  });
});

describe('a receiver', () => {
  it('hangs when it has not answered for some ticks, and is not waited for after that', async () => {
    const flights = createFlights<string>();
    flights.open('a', ID, A, 0).begin(100);
    const hung = watch(flights.allHung());
    await turn();
    expect(hung.resolved).toBe(false);
    await vi.advanceTimersByTimeAsync(LONG_MS);
    expect(hung.resolved).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is waited for while a delivery to it is queued, however long', async () => {
    const flights = createFlights<string>();
    const queued = flights.open('a', ID, A, 0);
    const hung = watch(flights.allHung());
    await vi.advanceTimersByTimeAsync(10 * LONG_MS);
    expect(hung.resolved).toBe(false);
    queued.end(false);
    await turn();
    expect(hung.resolved).toBe(true);
  });

  it('is not waited for again once it has hung, until it answers or a reset', async () => {
    const flights = createFlights<string>();
    const slow = flights.open('a', ID, A, 0);
    slow.begin(100);
    const first = flights.allHung();
    await vi.advanceTimersByTimeAsync(LONG_MS);
    await first;
    flights.open('b', ID, A, 0).begin(100);
    await expect(flights.allHung()).resolves.toBeUndefined();
    // Another receiver is.
    const other = flights.open('c', ID, B, 0);
    other.begin(100);
    const hung = watch(flights.allHung());
    await turn();
    expect(hung.resolved).toBe(false);
    other.end(false);
    slow.end(false);
    flights.open('d', ID, A, 0).begin(100);
    const again = watch(flights.allHung());
    await turn();
    expect(again.resolved).toBe(false);
    flights.forget();
  });

  it('stays known as hanging when its attempt times out', async () => {
    const flights = createFlights<string>();
    const slow = flights.open('a', ID, A, 0);
    slow.begin(100);
    const first = flights.allHung();
    await vi.advanceTimersByTimeAsync(LONG_MS);
    await first;
    slow.end(true);
    flights.open('a', ID, A, 0).begin(100);
    await expect(flights.allHung()).resolves.toBeUndefined();
    flights.forget();
    flights.open('b', ID, A, 0).begin(100);
    const forgotten = watch(flights.allHung());
    await turn();
    expect(forgotten.resolved).toBe(false);
  });
});
