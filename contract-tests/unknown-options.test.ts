import { describe, expect, it } from 'vitest';
import { judgeClient, judgeJournal, judgeReceiver } from './index.ts';
import { clientContract, receiverContract, startMock, useMock } from './vitest.ts';

/** The options as JavaScript code could pass them. */
// biome-ignore lint/suspicious/noExplicitAny: the compiler would reject these options.
type Untyped = any;

const URL = 'http://127.0.0.1:9/';
const EVENT = 'runway.generate';

describe('an unknown option', () => {
  it.each<readonly [name: string, call: (options: Untyped) => unknown, wrong: object, remedy: RegExp]>([
    ['useMock()', useMock, { clok: 'virtual' }, /^Did you mean clock or cors\?$/],
    ['startMock()', startMock, { clok: 'virtual' }, /^Did you mean clock or cors\?$/],
    ['receiverContract()', receiverContract, { url: URL, event: EVENT, qick: 1 }, /^Did you mean quick/],
    ['receiverContract()', receiverContract, { url: URL, event: EVENT, onActivty: 1 }, /./],
    ['clientContract()', clientContract, { run: () => 1, qick: 1 }, /^Did you mean quick/],
    [
      'judgeReceiver()',
      judgeReceiver,
      { url: URL, event: EVENT, acktimeout: '1s' },
      /^Did you mean ackTimeout\?$/,
    ],
    ['judgeClient()', judgeClient, { run: () => 1, timescale: 30 }, /^Did you mean timeScale/],
    ['judgeJournal()', (own) => judgeJournal([], [], own), { timescale: 30 }, /^Did you mean timeScale/],
  ])('of %s is rejected', async (name, call, wrong, remedy) => {
    const own = Object.keys(wrong).at(-1);
    await expect((async () => call(wrong))()).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: `unknown option "${own}" of ${name}`,
      remedy: expect.stringMatching(remedy),
    });
  });
});
