import { setImmediate as later, setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ErrorWatch, watchErrors } from './watch-errors.ts';

let watch: ErrorWatch;
const listeners = () => ['uncaughtException', 'unhandledRejection'].map((name) => process.rawListeners(name));
let before: ReturnType<typeof listeners>;
beforeEach(() => {
  before = listeners();
  watch = watchErrors();
});
afterEach(() => watch.close());

describe('errors that nobody catches', () => {
  it('belong to the case during which their request arrived, however late they come', async () => {
    const thrown = new Promise<void>((resolve) => {
      watch.begin('RCV-1');
      watch.around(() => {
        setTimeout(() => {
          setImmediate(resolve);
          throw new RangeError('late');
        }, 5);
      });
    });
    watch.begin('RCV-2');
    watch.around(() => void Promise.reject(new Error('at once')));
    await thrown;
    await later();
    expect(watch.take('RCV-1')).toEqual([
      expect.stringMatching(/^uncaught exception: RangeError: late \(at /),
    ]);
    expect(watch.take('RCV-2')).toEqual([expect.stringMatching(/^unhandled rejection: Error: at once/)]);
  });

  it('belong to the current case when they come from no request', async () => {
    watch.begin('RCV-3');
    void Promise.reject('a text');
    await later();
    expect(watch.take('RCV-3')).toEqual(['unhandled rejection: a text']);
  });

  it('are late when the report of their case has been made', async () => {
    watch.begin('RCV-4');
    expect(watch.take('RCV-4')).toEqual([]);
    watch.around(() => void sleep(1).then(() => Promise.reject(new Error('too late'))));
    await sleep(5);
    await later();
    expect(watch.late()).toEqual([expect.stringContaining('RCV-4: unhandled rejection: Error: too late')]);
  });

  it('reach the test runner again at the end', () => {
    expect(listeners()).not.toEqual(before);
    watch.close();
    expect(listeners()).toEqual(before);
  });
});
