import { setImmediate as later } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ErrorWatch, watchErrors } from './watch-errors.ts';

let watch: ErrorWatch;
beforeEach(() => {
  watch = watchErrors();
});
afterEach(() => watch.close());

describe('uncaught errors', () => {
  it('belong to the case of their request, however late they occur', async () => {
    const thrown = new Promise<void>((resolve) => {
      watch.begin('RCV-1');
      watch.around(() => {
        setTimeout(() => {
          setImmediate(resolve);
          throw new RangeError('late');
        });
      });
    });
    watch.begin('RCV-2');
    watch.around(() => void Promise.reject(new Error('at once')));
    await thrown;
    await later();
    expect(watch.of('RCV-1')).toEqual([expect.stringMatching(/^uncaught exception: RangeError: late \(at /)]);
    expect(watch.of('RCV-2')).toEqual([expect.stringMatching(/^unhandled rejection: Error: at once/)]);
  });

  it('belong to the current case when no request caused them', async () => {
    watch.begin('RCV-3');
    void Promise.reject('a text');
    await later();
    expect(watch.of('RCV-3')).toEqual(['unhandled rejection: a text']);
  });

  it('are late when their case has been reported', async () => {
    watch.begin('RCV-4');
    watch.end('RCV-4');
    watch.around(() => void later().then(() => Promise.reject(new Error('too late'))));
    await later();
    await later();
    expect(watch.unreported()).toEqual([
      expect.stringContaining('RCV-4: unhandled rejection: Error: too late'),
    ]);
  });

  it('are in no report when they belong to the first contact', async () => {
    watch.around(() => void Promise.reject(new Error('at first')));
    await later();
    expect(watch.unreported()).toEqual([expect.stringContaining('first contact: unhandled rejection')]);
  });

  it('are evidence each time when a case is judged twice', async () => {
    watch.begin('RCV-5');
    for (const n of [1, 2]) {
      watch.around(() => void Promise.reject(new Error(`try ${n}`)));
      await later();
      expect(watch.of('RCV-5')).toHaveLength(n);
    }
    expect(watch.unreported()).toEqual([]);
  });

  it('reach the test runner again after closing, except those of watched requests', async () => {
    const reached: unknown[] = [];
    const listen = (error: unknown): void => void reached.push(error);
    const others = process.rawListeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection').on('unhandledRejection', listen);
    try {
      watch.begin('RCV-6');
      let release: () => void = () => undefined;
      watch.around(() => {
        void new Promise<void>((resolve) => {
          release = resolve;
        }).then(() => Promise.reject(new Error('the media host is gone')));
      });
      watch.close();
      release();
      void Promise.reject('another source');
      await later();
      expect(reached).toEqual(['another source']);
    } finally {
      process.removeAllListeners('unhandledRejection');
      for (const other of others)
        process.on('unhandledRejection', other as NodeJS.UnhandledRejectionListener);
    }
  });
});
