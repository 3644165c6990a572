import { expect } from 'vitest';
import { packCalls } from '../../../fixtures/clients/pack-calls.ts';
import { operationsOf, submitOperations } from '../../../fixtures/pack-stage.ts';
import type { Pack } from '../../../mock-server/index.ts';
import { createMessageValidator } from '../../../mock-server/internal.ts';
import { type Case, FEATURES, type Stage } from './case.ts';
import { halfway, main } from './promises.ts';

/** Operations that a vendor offers in addition to tasks: lists, account information, and task removal. */
export const BEYOND_TASKS: readonly Case[] = [
  {
    title: "a list contains the account's tasks, newest first, each in the form of the poll",
    needs: ['a task list'],
    async run(pack, openStage) {
      const stage = await openStage(pack);
      const ids: string[] = [];
      for (const operation of submitOperations(pack).filter(({ parent }) => parent === null)) {
        ids.unshift((await stage.submit(operation, { scenario: 'callback.never' })).taskId);
      }
      await stage.submit(main(pack), { key: 'another', scenario: 'callback.never' });
      await stage.finish(ids[0] ?? '');
      const polled = await Promise.all(ids.map(async (id) => (await stage.poll(id)).body));
      for (const operation of operationsOf(pack, 'list')) {
        const { status, body } = await packCalls(stage.mock.url, pack).ask(operation);
        expect(status).toBe(200);
        expect(body).toContain(`[${polled.join(',')}]`);
        expect(problemsOf(pack, operation.id, status, body)).toEqual([]);
      }
    },
  },
  {
    title: 'an answer that is not about a task matches the document',
    needs: ['answers without a task'],
    async run(pack, openStage) {
      const { mock } = await openStage(pack, { secret: 'whsec_c3R1bnQgZG91Ymxl' });
      for (const operation of operationsOf(pack, 'answer')) {
        const { status, body } = await packCalls(mock.url, pack).ask(operation);
        expect(status).toBe(operation.status);
        expect(problemsOf(pack, operation.id, status, body)).toEqual([]);
      }
      expect(mock.tasks.all()).toEqual([]);
    },
  },
  {
    title: 'a removed task is unknown from then on and sends no more callbacks',
    needs: ['task removal'],
    async run(pack, openStage) {
      for (const isRunning of [true, false]) {
        const stage = await openStage(pack);
        const { taskId } = await stage.submit(main(pack));
        if (isRunning) await stage.reach(halfway(stage.report(taskId)));
        else await stage.finish(taskId);
        await stage.mock.settled();
        const posts = stage.receiver.posts.length;
        expect((await remove(stage, taskId)).body).toBe('');
        expect((await stage.poll(taskId)).status).toBeGreaterThanOrEqual(400);
        expect((await remove(stage, taskId)).status).toBeGreaterThanOrEqual(400);
        await stage.mock.clock.advance('2h');
        expect(stage.receiver.posts).toHaveLength(posts);
        expect(stage.mock.tasks.get(taskId)).toBeUndefined();
      }
    },
  },
  {
    title: 'the signing secret is returned, and refused while callbacks are not signed',
    needs: ['a secret endpoint'],
    async run(pack, openStage) {
      const secret = 'whsec_c3R1bnQgZG91Ymxl';
      const [operation] = operationsOf(pack, 'answer').filter(({ needsSecret }) => needsSecret);
      if (operation === undefined || !FEATURES.signature(pack)) throw new Error('nothing is signed');
      const signed = await openStage(pack, { secret });
      expect((await packCalls(signed.mock.url, pack).ask(operation)).body).toContain(JSON.stringify(secret));
      const unsigned = await openStage(pack);
      const { status, body } = await packCalls(unsigned.mock.url, pack).ask(operation);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(body).toContain('--secret');
    },
  },
];

function remove({ mock, pack }: Stage, taskId: string) {
  const [operation] = operationsOf(pack, 'delete');
  if (operation === undefined) throw new Error(`"${pack.name}" has no operation that removes tasks`);
  return packCalls(mock.url, pack).ask(operation, { id: taskId });
}

function problemsOf(pack: Pack, operation: string, status: number, body: string) {
  return createMessageValidator(pack).answer(operation, status, JSON.parse(body));
}
