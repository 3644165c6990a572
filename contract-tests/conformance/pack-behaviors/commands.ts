import { expect } from 'vitest';
import { endOf, operationsOf, planOf, submitOperations } from '../../../fixtures/pack-stage.ts';
import type { Case } from './case.ts';
import { mediaIn } from './observations.ts';
import { onTheWire } from './on-the-wire.ts';
import {
  aFailure,
  announced,
  announcing,
  canceledAnswer,
  failureState,
  halfway,
  main,
  wordsFor,
} from './promises.ts';

const DAY = 86_400_000;

export const COMMANDS: readonly Case[] = [
  {
    title: 'a running task can be forced to succeed and to fail in every way, and sends the callback',
    async run(pack, openStage) {
      const failures = [...pack.failures.keys()].map((slug) => `fail.${slug}`);
      for (const outcome of ['success', ...failures]) {
        const operation = announcing(pack)[0] ?? main(pack);
        const { submit, report, reach, poll, receiver, mock } = await openStage(pack);
        const opposite = outcome === 'success' ? failures[0] : 'success';
        const { taskId } = await submit(operation, { scenario: opposite ?? 'success' });
        await reach(halfway(report(taskId)));
        mock.tasks.amend(taskId, outcome);
        await mock.settled();
        await mock.clock.advance(0);
        const ended = report(taskId);
        const state =
          outcome === 'success' ? operation.kind.ends.success : failureState(operation, outcome.slice(5));
        expect(ended).toMatchObject({ state, outcome });
        expect((await poll(taskId)).body).toBe(wordsFor(pack, ended, ended.plan.steps.length - 1));
        expect(receiver.posts.map(({ body }) => body)).toEqual(announced(operation.event, ended));
        const posts = receiver.posts.length;
        await mock.clock.advance('2h');
        expect(receiver.posts).toHaveLength(posts);
        expect(() => mock.tasks.amend(taskId, outcome)).toThrow(/already ended/);
      }
    },
  },
  {
    title:
      'a running task can be canceled: it ends at once, sends a callback if the pack defines one, and produces nothing',
    needs: ['cancel'],
    async run(pack, openStage) {
      for (const operation of submitOperations(pack)) {
        const { submit, report, reach, poll, cancel, receiver, mock } = await openStage(pack);
        const { taskId } = await submit(operation);
        await reach(halfway(report(taskId)));
        const answer = await cancel(taskId);
        await mock.settled();
        await mock.clock.advance(0);
        const ended = report(taskId);
        const last = ended.plan.steps.length - 1;
        expect(ended).toMatchObject({ state: operation.kind.ends.canceled, outcome: 'canceled' });
        expect(endOf(ended)).toBe(mock.clock.now().getTime());
        expect(answer).toMatchObject(canceledAnswer(pack, ended, last));
        expect((await poll(taskId)).body).toBe(wordsFor(pack, ended, last));
        expect(mediaIn((await poll(taskId)).body, mock.url)).toEqual([]);
        await mock.clock.advance(DAY);
        expect(receiver.posts.map(({ body }) => body)).toEqual(announced(operation.event, ended));
      }
    },
  },
  {
    title: 'canceling a task that has ended keeps or removes it, as the pack defines',
    needs: ['cancel'],
    async run(pack, openStage) {
      const [{ whenFinished } = { whenFinished: 'leave' }] = operationsOf(pack, 'cancel');
      for (const scenario of ['success', `fail.${aFailure(pack)}`]) {
        const { submit, report, finish, poll, cancel, mock } = await openStage(pack);
        const { taskId } = await submit(main(pack), { scenario });
        await finish(taskId);
        const before = await poll(taskId);
        const ended = report(taskId);
        const refused = canceledAnswer(pack, ended, ended.plan.steps.length - 1);
        expect(await cancel(taskId)).toMatchObject(refused);
        const unknown = onTheWire(pack).forRole('unknownTask', `${taskId} is not a known task`);
        const after = whenFinished === 'forget' ? unknown : { status: before.status, body: before.body };
        expect(await poll(taskId)).toMatchObject(after);
        if (whenFinished === 'forget') expect(await cancel(taskId)).toMatchObject(unknown);
        expect(mock.tasks.get(taskId)?.outcome).toBe(whenFinished === 'forget' ? undefined : scenario);
      }
    },
  },
  {
    title: 'a request that is repeated after its task was canceled twice creates a task that remains',
    needs: ['cancel'],
    async run(pack, openStage) {
      const { submit, finish, poll, cancel } = await openStage(pack, { keep: 1 });
      const first = await submit(main(pack));
      await finish(first.taskId);
      await cancel(first.taskId);
      const again = await submit(main(pack));
      // More tasks than are kept; the first to end are evicted.
      for (const key of ['a', 'b']) {
        const { taskId } = await submit(main(pack), { key, scenario: 'callback.never' });
        await cancel(taskId);
        await finish(taskId);
      }
      const unknown = onTheWire(pack).forRole('unknownTask', `${again.taskId} is not a known task`);
      expect((await poll(again.taskId)).body).not.toBe(unknown.body);
    },
  },
  {
    title: 'canceling a task gives its slot to the next one',
    needs: ['cancel', 'a task limit'],
    async run(pack, openStage) {
      const operation = main(pack);
      const { submit, report, cancel, mock } = await openStage(pack, { concurrency: 1, queue: 1 });
      const first = await submit(operation);
      const waiting = await submit(operation);
      const before = planOf(report(waiting.taskId)).slot;
      expect(before?.fromAt).toBe(planOf(report(first.taskId)).slot?.untilAt);
      await cancel(first.taskId);
      expect(planOf(report(waiting.taskId)).slot?.fromAt).toBe(
        Math.max(mock.clock.now().getTime(), before?.readyAt ?? 0),
      );
    },
  },
];
