import { expect } from 'vitest';
import { exampleRequest, packCalls } from '../../../fixtures/clients/pack-calls.ts';
import { endOf, operationsOf, planOf, submitOperations } from '../../../fixtures/pack-stage.ts';
import type { Pack } from '../../../mock-server/index.ts';
import { type Case, FEATURES } from './case.ts';
import { onTheWire } from './on-the-wire.ts';
import { aFailure, main, pollAnswerFor } from './promises.ts';
import { requiredFields, sentenceAbout } from './request-fields.ts';

export const REFUSALS: readonly Case[] = [
  {
    title: "an unknown task gets the pack's answer for unknown tasks",
    async run(pack, openStage) {
      const { poll, cancel } = await openStage(pack);
      const unknown = (type: 'poll' | 'cancel') => unknownTo(pack, type, 'nobody');
      expect(await poll('nobody')).toMatchObject(unknown('poll'));
      if (FEATURES.cancel(pack)) expect(await cancel('nobody')).toMatchObject(unknown('cancel'));
    },
  },
  {
    title: 'a task is unknown until it becomes visible',
    async run(pack, openStage) {
      for (const scenario of ['success', 'poll.not-visible']) {
        const { submit, reach, poll, cancel, report } = await openStage(pack);
        const operation = main(pack);
        const { taskId } = await submit(operation, { scenario });
        const { submittedAt, visibleAt } = planOf(report(taskId));
        const { visibleAfterMs, notVisibleForMs } = operation.kind;
        expect(visibleAt - submittedAt).toBe(scenario === 'success' ? visibleAfterMs : notVisibleForMs);
        const unknown = unknownTo(pack, 'poll', taskId);
        if (visibleAt > submittedAt) {
          expect(await poll(taskId)).toMatchObject(unknown);
          if (FEATURES.cancel(pack)) {
            expect(await cancel(taskId)).toMatchObject(unknownTo(pack, 'cancel', taskId));
          }
          await reach(visibleAt - 1);
          expect(await poll(taskId)).toMatchObject(unknown);
        }
        await reach(visibleAt);
        expect((await poll(taskId)).body).not.toBe(unknown.body);
        expect((await poll(taskId)).status).toBe(pollAnswerFor(pack, report(taskId), 0)?.status);
      }
    },
  },
  {
    title: "a missing or wrong key gets the pack's answer for it, from every operation",
    async run(pack, openStage) {
      const { mock } = await openStage(pack, { apiKeys: ['test-key'] });
      for (const key of [null, 'another']) {
        const calls = packCalls(mock.url, pack, key);
        const answers = [
          ...submitOperations(pack).map((one) => calls.submit(one, exampleRequest(pack, one))),
          ...operationsOf(pack, 'submit')
            .filter(({ derives }) => derives !== null)
            .map((one) => calls.ask(one)),
          ...operationsOf(pack, 'poll').map((one) => calls.poll(one, 'some-task')),
          ...operationsOf(pack, 'cancel').map((one) => calls.cancel(one, 'some-task')),
          ...operationsOf(pack, 'delete').map((one) => calls.ask(one)),
          ...operationsOf(pack, 'list').map((one) => calls.ask(one)),
          ...operationsOf(pack, 'answer')
            .filter(({ isPublic }) => !isPublic)
            .map((one) => calls.ask(one)),
        ];
        // Uploads have errors of their own, which the tests of their packs check.
        const others = pack.operations.filter(({ isPublic, type }) => !isPublic && type !== 'upload');
        expect(answers).toHaveLength(others.length);
        for (const one of operationsOf(pack, 'upload').filter(({ isPublic }) => !isPublic)) {
          expect((await calls.ask(one)).status).toBe(401);
        }
        for (const answer of answers) {
          expect(await answer).toMatchObject(onTheWire(pack).forRole('unauthorized'));
        }
      }
      expect(mock.tasks.all()).toEqual([]);
    },
  },
  {
    title: 'a request without a required field gets the answer for invalid requests, which names the field',
    needs: ['a required field'],
    async run(pack, openStage) {
      const { submit } = await openStage(pack);
      for (const operation of submitOperations(pack)) {
        const fields = requiredFields(pack, operation);
        for (const field of fields) {
          const { taskId, answer } = await submit(operation, { without: [field] });
          expect(taskId).toBe('');
          expect(answer.body).toContain(field);
          const sentence = sentenceAbout(pack, operation, field);
          const usual = onTheWire(pack).forRole('invalid', sentence);
          const refusals = [usual, ...pack.errors.codes.map((code) => onTheWire(pack).forCode(code))];
          const given = { status: answer.status, body: answer.body };
          // Where the field decides what else is allowed, the answer has further sentences.
          const sentences = sentencesIn(answer.body, usual.body, sentence);
          if (sentences === null) expect(refusals).toContainEqual(given);
          else expect([given.status, sentences]).toEqual([usual.status, expect.arrayContaining([sentence])]);
        }
      }
    },
  },
  {
    title: 'every error code of the pack can be triggered, for a submission and for a poll',
    async run(pack, openStage) {
      const { submit, finish, poll } = await openStage(pack);
      for (const code of pack.errors.codes) {
        const refused = await submit(main(pack), { scenario: `submit.${code}` });
        expect(refused.answer).toMatchObject(onTheWire(pack).forCode(code) ?? {});
        expect(refused.taskId).toBe('');
        const { taskId } = await submit(main(pack), { scenario: `poll.${code}` });
        await finish(taskId);
        expect(await poll(taskId)).toMatchObject(onTheWire(pack).forCode(code) ?? {});
        expect((await poll(taskId)).status).toBe(200);
      }
    },
  },
  {
    title:
      'a task that continues another is refused or fails, as the pack defines, when the other cannot be continued',
    needs: ['parents'],
    async run(pack, openStage) {
      const { submit, finish, reach, report } = await openStage(pack);
      const [operation] = submitOperations(pack).filter(({ parent }) => parent !== null);
      const parent = operation?.parent;
      if (operation === undefined || !parent) throw new Error('nothing continues another task');
      const failed = await submit(main(pack), { scenario: `fail.${aFailure(pack)}` });
      const expired = await submit(main(pack));
      await finish(expired.taskId);
      await finish(failed.taskId);
      await reach(endOf(report(expired.taskId)) + operation.kind.mediaLifetimeMs);
      const unfinished = await submit(main(pack));
      const troubles = [
        ['nobody', parent.rules.whenUnknown],
        [unfinished.taskId, parent.rules.whenUnfinished],
        [failed.taskId, parent.rules.whenFailed],
        [expired.taskId, parent.rules.whenExpired],
      ] as const;
      for (const [id, rule] of troubles) {
        const { taskId, answer } = await submit(operation, { parent: id });
        if (rule.type === 'refuse') {
          const because = rule.because ?? `${id} is not a known task`;
          expect(answer).toMatchObject(onTheWire(pack).forRole(rule.role, because));
          expect(taskId).toBe('');
        } else {
          expect(report(taskId).plan.outcome).toEqual({ type: 'failure', slug: rule.slug });
        }
      }
    },
  },
];

/**
 * Returns the sentences of a body in the place where the other body has a single one; null when the bodies differ
 * elsewhere.
 */
function sentencesIn(body: string, other: string, single: string): string[] | null {
  const [before, after, ...more] = other.split(single);
  if (before === undefined || after === undefined || more.length > 0) return null;
  const isSame = body.startsWith(before) && body.endsWith(after);
  if (!isSame) return null;
  const message: unknown = JSON.parse(`"${body.slice(before.length, body.length - after.length)}"`);
  return typeof message === 'string' ? message.split('; ') : null;
}

/** Returns the answer of the first operation of a type about a task that does not exist. */
function unknownTo(pack: Pack, type: 'poll' | 'cancel', id: string) {
  const [operation] = operationsOf(pack, type);
  const detail = `${id} is not a known task`;
  const own = operation?.unknownTask?.(detail, undefined);
  return own === undefined
    ? onTheWire(pack).forRole('unknownTask', detail)
    : { status: own.status, body: own.body };
}
