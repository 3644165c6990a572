import { expect } from 'vitest';
import { contextAt, endOf, planOf, submitOperations } from '../../../fixtures/pack-stage.ts';
import type { Case } from './case.ts';
import { download, mediaIn, mentions, numbersIn } from './observations.ts';
import { aFailure, failureState, lasts, main, pollAnswerFor, statesOf, yieldsMedia } from './promises.ts';

export const LIFE: readonly Case[] = [
  {
    title: "a submission is answered with the pack's status and the id of the task in its first state",
    async run(pack, openStage) {
      for (const operation of submitOperations(pack)) {
        const { submit, report } = await openStage(pack);
        const { taskId, answer } = await submit(operation);
        expect(answer.status).toBe(operation.status);
        expect(answer.body).toBe(operation.answer(contextAt(report(taskId), 0)));
        expect(answer.body).toContain(taskId);
      }
    },
  },
  {
    title:
      "a task passes the states of the pack's steps in order, each shown in the pack's words, up to success",
    async run(pack, openStage) {
      for (const operation of submitOperations(pack)) {
        const { submit, report, reach, poll, mock } = await openStage(pack);
        const { taskId } = await submit(operation);
        const { steps, visibleAt } = planOf(report(taskId));
        expect(steps.map(({ state }) => state)).toEqual(statesOf(operation));
        for (const [index, { at, state }] of steps.entries()) {
          await reach(at);
          expect(mock.tasks.get(taskId)?.state).toBe(state);
          if (at < visibleAt) continue;
          const { status, body } = pollAnswerFor(pack, report(taskId), index) ?? {};
          expect(await poll(taskId)).toMatchObject({ status, body });
        }
        expect(mock.tasks.get(taskId)).toMatchObject({
          state: operation.kind.ends.success,
          outcome: 'success',
        });
      }
    },
  },
  {
    title: 'each state lasts as long as the pack defines',
    async run(pack, openStage) {
      for (const operation of submitOperations(pack)) {
        const { submit, report } = await openStage(pack);
        const { steps } = planOf(report((await submit(operation)).taskId));
        for (const [index, { minMs, maxMs }] of operation.kind.steps.filter(lasts).entries()) {
          const duration = (steps[index + 1]?.at ?? 0) - (steps[index]?.at ?? 0);
          expect(duration).toBeGreaterThanOrEqual(minMs);
          expect(duration).toBeLessThanOrEqual(maxMs);
        }
      }
    },
  },
  {
    title: 'every failure ends in its own state, and its message appears in poll and callback',
    async run(pack, openStage) {
      for (const operation of submitOperations(pack)) {
        const { submit, report, finish, poll, receiver } = await openStage(pack);
        for (const { slug, messages } of pack.failures.values()) {
          const { taskId } = await submit(operation, { scenario: `fail.${slug}` });
          const before = receiver.posts.length;
          await finish(taskId);
          const state = failureState(operation, slug);
          expect(report(taskId)).toMatchObject({ state, outcome: `fail.${slug}` });
          expect(mentions((await poll(taskId)).body, messages)).toBe(true);
          if ((operation.event?.signals.get(state) ?? []).length === 0) continue;
          expect(receiver.posts.length).toBeGreaterThan(before);
          expect(mentions(receiver.posts.at(-1)?.body ?? '', messages)).toBe(true);
        }
      }
    },
  },
  {
    title: 'the progress never decreases, changes within a state, and is complete at the end',
    needs: ['progress'],
    async run(pack, openStage) {
      const { submit, report, reach, poll } = await openStage(pack);
      const { taskId } = await submit(main(pack));
      const { submittedAt, visibleAt } = planOf(report(taskId));
      const seen: { state: string; fields: Map<string, number> }[] = [];
      const until = endOf(report(taskId));
      for (let percent = 0; percent <= 100; percent += 2) {
        await reach(Math.max(visibleAt, submittedAt + ((until - submittedAt) * percent) / 100));
        const { body } = await poll(taskId);
        seen.push({ state: report(taskId).state, fields: numbersIn(JSON.parse(body)) });
      }
      const moving = [...new Set(seen.flatMap(({ fields }) => [...fields.keys()]))].filter((field) =>
        seen.some(({ state, fields }, index) => {
          const next = seen[index + 1];
          return next?.state === state && next.fields.get(field) !== fields.get(field);
        }),
      );
      expect(moving).toHaveLength(1);
      const values = seen.flatMap(({ fields }) => fields.get(moving[0] ?? '') ?? []);
      expect(values).toEqual([...values].sort((a, b) => a - b));
      expect(new Set(values).size).toBeGreaterThan(5);
    },
  },
  {
    title: 'on the polls clock each poll is a step, and the last one shows the end',
    async run(pack, openStage) {
      const { submit, report, poll } = await openStage(pack, { clock: 'polls' });
      const { taskId } = await submit(main(pack));
      const { steps, visibleAt } = planOf(report(taskId));
      const states: string[] = [];
      for (let polls = 0; polls <= steps.length; polls++) {
        const { state } = report(taskId);
        if ((await poll(taskId)).status === 200) states.push(state);
      }
      expect(states.at(-1)).toBe(main(pack).kind.ends.success);
      expect(states.length).toBeGreaterThanOrEqual(steps.filter(({ at }) => at >= visibleAt).length);
    },
  },
  {
    title: 'the media of a successful task can be downloaded until it expires, and then answers 410',
    async run(pack, openStage) {
      for (const operation of submitOperations(pack).filter((one) => yieldsMedia(pack, one))) {
        const { submit, finish, reach, poll, report, mock } = await openStage(pack);
        const { taskId } = await submit(operation);
        await finish(taskId);
        const urls = mediaIn((await poll(taskId)).body, mock.url);
        expect(urls.length).toBeGreaterThan(0);
        const expiresAt = endOf(report(taskId)) + operation.kind.mediaLifetimeMs;
        expect(await Promise.all(urls.map(download))).toEqual(urls.map(() => 200));
        await reach(expiresAt - 1);
        const early = [...pack.media.values()].filter(({ lifetimeMs }) => lifetimeMs !== null).length;
        const atTheEnd = (await Promise.all(urls.map(download))).toSorted();
        expect(atTheEnd).toEqual(urls.map((_url, index) => (index < urls.length - early ? 200 : 410)));
        await reach(expiresAt);
        expect(await Promise.all(urls.map(download))).toEqual(urls.map(() => 410));
      }
    },
  },
  {
    title: 'a running, failed, or unknown task has no media',
    async run(pack, openStage) {
      const { submit, finish, poll, mock } = await openStage(pack);
      const done = await submit(main(pack));
      await finish(done.taskId);
      const [url = ''] = mediaIn((await poll(done.taskId)).body, mock.url);
      const running = await submit(main(pack));
      const failed = await submit(main(pack), { scenario: `fail.${aFailure(pack)}` });
      for (const id of [running.taskId, failed.taskId, 'nobody']) {
        expect(await download(url.replace(done.taskId, id))).toBe(404);
      }
      await finish(failed.taskId);
      expect(await download(url.replace(done.taskId, failed.taskId))).toBe(404);
      expect(mediaIn((await poll(failed.taskId)).body, mock.url)).toEqual([]);
    },
  },
];
