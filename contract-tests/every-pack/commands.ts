import { expect } from 'vitest';
import { endOf, operationsOf, planOf, submitOperations } from '../../fixtures/pack-stage.ts';
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
    title: 'a running task can be made to end in success and in every failure, and tells of it',
    async run(pack, play) {
      const failures = [...pack.failures.keys()].map((slug) => `fail.${slug}`);
      for (const outcome of ['success', ...failures]) {
        const operation = announcing(pack)[0] ?? main(pack);
        const { submit, report, reach, poll, told, mock } = await play(pack);
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
        expect(told.posts.map(({ body }) => body)).toEqual(announced(operation.event, ended));
        const posts = told.posts.length;
        await mock.clock.advance('2h');
        expect(told.posts).toHaveLength(posts);
        expect(() => mock.tasks.amend(taskId, outcome)).toThrow(/already ended/);
      }
    },
  },
  {
    title:
      'a running task can be canceled: it ends at once, tells of it if the pack does, and yields nothing',
    needs: ['cancel'],
    async run(pack, play) {
      for (const operation of submitOperations(pack)) {
        const { submit, report, reach, poll, cancel, told, mock } = await play(pack);
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
        expect(told.posts.map(({ body }) => body)).toEqual(announced(operation.event, ended));
      }
    },
  },
  {
    title: 'a task that has ended is left alone or forgotten by a cancel, as the pack says',
    needs: ['cancel'],
    async run(pack, play) {
      const [{ whenFinished } = { whenFinished: 'leave' }] = operationsOf(pack, 'cancel');
      for (const scenario of ['success', `fail.${aFailure(pack)}`]) {
        const { submit, report, finish, poll, cancel, mock } = await play(pack);
        const { taskId } = await submit(main(pack), { scenario });
        await finish(taskId);
        const before = await poll(taskId);
        const ended = report(taskId);
        expect(await cancel(taskId)).toMatchObject(canceledAnswer(pack, ended, ended.plan.steps.length - 1));
        const unknown = onTheWire(pack).forRole('unknownTask', `${taskId} is not a known task`);
        const after = whenFinished === 'forget' ? unknown : { status: 200, body: before.body };
        expect(await poll(taskId)).toMatchObject(after);
        if (whenFinished === 'forget') expect(await cancel(taskId)).toMatchObject(unknown);
        expect(mock.tasks.get(taskId)?.outcome).toBe(whenFinished === 'forget' ? undefined : scenario);
      }
    },
  },
  {
    title: 'a request that is made again after its task was canceled twice has a task that stays',
    needs: ['cancel'],
    async run(pack, play) {
      const { submit, finish, poll, cancel } = await play(pack, { keep: 1 });
      const first = await submit(main(pack));
      await finish(first.taskId);
      await cancel(first.taskId);
      const again = await submit(main(pack));
      // As many as are kept, and more: those that ended first are let go.
      for (const key of ['a', 'b']) {
        const { taskId } = await submit(main(pack), { key, scenario: 'callback.never' });
        await cancel(taskId);
        await finish(taskId);
      }
      expect((await poll(again.taskId)).status).toBe(200);
    },
  },
  {
    title: 'a canceled task gives its slot to the next',
    needs: ['cancel', 'a limit of tasks'],
    async run(pack, play) {
      const operation = main(pack);
      const { submit, report, cancel, mock } = await play(pack, { concurrency: 1, queue: 1 });
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
