import { expect, it } from 'vitest';
import type { Command } from '../engine/commands.ts';
import type { PendingAttempt } from './fleet-courier.ts';
import { createSweeper, type SweeperOptions } from './sweeper.ts';

const job = { seq: 1, taskId: 't', deliveryId: 'd1', n: 1 };

/** Runs two checks, because only what stays counts as left undone. @returns the commands that they send */
async function sweepTwice(
  by: string,
  running: readonly string[],
  live: readonly string[],
): Promise<Command[]> {
  const attempt = { ...job, url: 'http://r.test', by, token: 'a', over: async () => undefined };
  const sent: Command[] = [];
  const options = {
    ...{ members: { live: async () => live }, applier: { move: null }, replica: 'r1' },
    attempts: { pending: () => [attempt as unknown as PendingAttempt] },
    work: { offer: async () => undefined },
    isRunning: (token: string) => running.includes(token),
    send: async (command: Command) => void sent.push(command),
  };
  const sweep = createSweeper(options as unknown as SweeperOptions);
  for (let n = 0; n < 2; n++) {
    sweep();
    await new Promise((done) => setImmediate(done));
  }
  return sent;
}

const interruption = expect.objectContaining({ type: 'end-attempt', token: null, result: null });

it('ends the attempts of a dead replica', async () => {
  expect(await sweepTwice('r2', [], ['r1'])).toEqual([interruption]);
  expect(await sweepTwice('r2', [], ['r1', 'r2'])).toEqual([]);
});

it('ends an attempt of its own replica whose end could not be recorded', async () => {
  expect(await sweepTwice('r1', [], ['r1'])).toEqual([interruption]);
  expect(await sweepTwice('r1', ['a'], ['r1'])).toEqual([]);
});
