import { expect, it } from 'vitest';
import type { Command } from '../engine/commands.ts';
import { type AttemptWorkOptions, createAttemptWork } from './attempt-work.ts';
import type { AttemptJob } from './work-queue.ts';

const job = { seq: 1, taskId: 't', deliveryId: 'd1', n: 1 } as unknown as AttemptJob;

/** Makes an attempt. @returns how many callbacks were sent */
async function make(isCurrent: boolean, isTaken: boolean): Promise<number> {
  let token: string | null = null;
  let by: string | null = null;
  let posts = 0;
  const work = createAttemptWork({
    ...{ replica: 'r1', members: { live: async () => ['r1'], isCurrent } },
    attempts: { find: () => ({ ...job, url: 'http://r.test', by, token, over: async () => undefined }) },
    courier: {
      async post(_url: string, prepare: () => Promise<unknown>) {
        if ((await prepare()) === null) return null;
        posts += 1;
        return { outcome: 'acknowledged' };
      },
    },
    async send(command: Command) {
      if (command.type !== 'begin-attempt') return undefined;
      ({ token, by } = command);
      return { body: '{}' };
    },
    reached: async () => undefined,
    async caughtUp() {
      if (isTaken) [token, by] = ['other', 'r2'];
    },
    pause: async () => undefined,
    mask: (result: unknown) => result,
  } as unknown as AttemptWorkOptions);
  await work.handle(job);
  return posts;
}

it('sends the callback of an attempt that it has begun', async () => {
  expect(await make(true, false)).toBe(1);
  expect(await make(false, false)).toBe(1);
});

it('does not send it when another replica took the attempt while this one was paused', async () => {
  expect(await make(false, true)).toBe(0);
});
