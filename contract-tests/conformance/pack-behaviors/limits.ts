import { expect } from 'vitest';
import { planOf, type Submitted } from '../../../fixtures/pack-stage.ts';
import type { Case } from './case.ts';
import { onTheWire } from './on-the-wire.ts';
import { lasts, main } from './promises.ts';

export const LIMITS: readonly Case[] = [
  {
    title:
      'a third submission within the window is refused, by key; the window slides, and polls do not count',
    async run(pack, openStage) {
      const { submit, poll, mock } = await openStage(pack, { rateLimit: '2/10s' });
      const operation = main(pack);
      const tooMany = onTheWire(pack).forRole('rateLimited');
      const isTaken = async (key = 'a') => {
        const { taskId, answer } = await submit(operation, { key });
        if (taskId === '') expect(answer).toMatchObject(tooMany);
        return taskId !== '';
      };
      const first = await submit(operation, { key: 'a' });
      await mock.clock.advance('4s');
      expect([await isTaken(), await isTaken(), await isTaken('b')]).toEqual([true, false, true]);
      for (let polls = 0; polls < 5; polls++) await poll(first.taskId, 'a');
      await mock.clock.advance(5999);
      expect(await isTaken()).toBe(false);
      await mock.clock.advance(1);
      expect([await isTaken(), await isTaken()]).toEqual([true, false]);
      await mock.clock.advance('4s');
      expect([await isTaken(), await isTaken()]).toEqual([true, false]);
      mock.reset();
      expect([await isTaken(), await isTaken(), await isTaken()]).toEqual([true, true, false]);
    },
  },
  {
    title: "the pack's own submission limit applies by default and can be disabled",
    needs: ['a submission limit'],
    async run(pack, openStage) {
      const { submissions = 0, perMs = 0, retryAfter = false } = pack.rate ?? {};
      for (const options of [{ rateAsDocumented: true }, {}] as const) {
        const { submit, mock } = await openStage(pack, options);
        const answers: Submitted[] = [];
        for (let n = 0; n <= submissions; n++) answers.push(await submit(main(pack)));
        const last = answers.pop();
        expect(answers.every(({ taskId }) => taskId !== '')).toBe(true);
        if (!('rateAsDocumented' in options)) {
          expect(last?.taskId).not.toBe('');
          continue;
        }
        expect(last?.answer).toMatchObject(onTheWire(pack).forRole('rateLimited'));
        expect(last?.answer.headers.has('retry-after')).toBe(retryAfter);
        await mock.clock.advance(perMs);
        expect((await submit(main(pack))).taskId).not.toBe('');
      }
    },
  },
  {
    title: 'with one slot a second task fails or waits, as the pack defines, and other keys are unaffected',
    needs: ['a task limit'],
    async run(pack, openStage) {
      const operation = main(pack);
      const { submit, report, finish } = await openStage(pack, { concurrency: 1 });
      const first = await submit(operation);
      const second = await submit(operation);
      const other = await submit(operation, { key: 'another' });
      for (const { taskId } of [first, second, other]) await finish(taskId);
      expect(report(first.taskId).outcome).toBe('success');
      expect(report(other.taskId).outcome).toBe('success');
      const { concurrencyFailure, waitsWithoutEnd, steps } = operation.kind;
      expect(report(second.taskId).outcome).toBe(waitsWithoutEnd ? 'success' : `fail.${concurrencyFailure}`);
      if (!waitsWithoutEnd) return;
      const waited = planOf(report(second.taskId));
      expect(waited.slot?.fromAt).toBe(planOf(report(first.taskId)).slot?.untilAt);
      expect(waited.steps.map(({ state }) => state)).toEqual([
        ...steps.filter((step) => lasts(step) || step.waitsForSlot).map(({ state }) => state),
        operation.kind.ends.success,
      ]);
    },
  },
  {
    title: 'with one slot and a queue, a second task begins when the first frees its slot',
    needs: ['a task limit'],
    async run(pack, openStage) {
      const { submit, report, finish } = await openStage(pack, { concurrency: 1, queue: 1 });
      const first = await submit(main(pack));
      const second = await submit(main(pack));
      expect(planOf(report(second.taskId)).slot?.fromAt).toBe(planOf(report(first.taskId)).slot?.untilAt);
      await finish(second.taskId);
      expect(report(second.taskId).outcome).toBe('success');
    },
  },
];
