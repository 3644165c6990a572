import { expect } from 'vitest';
import { placeUrl } from '../../../fixtures/clients/pack-calls.ts';
import { endOf } from '../../../fixtures/pack-stage.ts';
import type { Reaction } from '../../../fixtures/receivers/scripted-receiver.ts';
import type { Pack } from '../../../mock-server/index.ts';
import { isInWindows } from '../../../mock-server/internal.ts';
import type { Case, OpenStage } from './case.ts';
import { attemptsInTurn, attemptsOf, gapsOf, histories, isSigned, mediaIn, SECRET } from './observations.ts';
import {
  aFailure,
  announced,
  announcing,
  expectedGaps,
  failureState,
  firstAnnouncing,
  signalsOf,
} from './promises.ts';
import { filterField, requiredFields } from './request-fields.ts';

const DAY = 86_400_000;

export const CALLBACKS: readonly Case[] = [
  {
    title: 'each announced signal is one POST, in order, acknowledged, with the body that the pack defines',
    needs: ['callbacks'],
    async run(pack, openStage) {
      for (const operation of announcing(pack)) {
        for (const scenario of ['success', `fail.${aFailure(pack)}`]) {
          const { submit, report, receiver, mock } = await openStage(pack);
          const { taskId } = await submit(operation, { scenario });
          await mock.clock.advance(DAY);
          const bodies = announced(operation.event, report(taskId));
          expect(bodies.length).toBeGreaterThan(0);
          expect(receiver.posts.map(({ body }) => body)).toEqual(bodies);
          expect(histories(report(taskId))).toEqual(bodies.map(() => ['acknowledged', ['acknowledged']]));
          expect(attemptsInTurn(mock.journal.entries())).toEqual(bodies.flatMap(() => ['started', 'ended']));
        }
      }
    },
  },
  {
    title: 'a request without a callback URL triggers no callbacks',
    needs: ['callbacks'],
    async run(pack, openStage) {
      const { submit, report, receiver, mock } = await openStage(pack);
      for (const operation of announcing(pack)) {
        const field = placeUrl(operation, '').name;
        if (requiredFields(pack, operation).includes(field)) continue;
        const { taskId } = await submit(operation, { without: [field] });
        await mock.clock.advance(DAY);
        expect(report(taskId)).toMatchObject({ outcome: 'success', deliveries: [] });
      }
      expect(receiver.posts).toEqual([]);
    },
  },
  {
    title:
      "a failing receiver gets one POST and the pack's retries, with its gaps, the same bytes, and nothing more",
    needs: ['callbacks'],
    async run(pack, openStage) {
      for (const operation of announcing(pack)) {
        const { submit, report, receiver, mock } = await openStage(pack, {}, [500]);
        const { taskId } = await submit(operation);
        await mock.clock.advance(DAY);
        const { deliveries } = report(taskId);
        const signals = signalsOf(operation);
        expect(deliveries.map(({ status }) => status)).toEqual(signals.map(() => 'abandoned'));
        expect(deliveries.map(gapsOf)).toEqual(
          signals.map(({ retried }) => expectedGaps(operation, retried)),
        );
        const sent = attemptsOf(mock.journal.entries({ type: 'attempt.started' }));
        expect(receiver.posts.map(({ body }) => body).sort()).toEqual(sent.map(({ body }) => body).sort());
        for (const { id } of deliveries) {
          expect(
            new Set(sent.filter(({ deliveryId }) => deliveryId === id).map(({ body }) => body)).size,
          ).toBe(1);
        }
      }
    },
  },
  {
    title: 'an unacknowledged success ends in the abandoned state, and a failure keeps its state',
    needs: ['callbacks', 'an abandoned state'],
    async run(pack, openStage) {
      for (const operation of announcing(pack).filter(({ kind }) => kind.ends.abandoned !== null)) {
        const { submit, report, finish, poll, mock } = await openStage(pack, {}, [500]);
        const success = await submit(operation);
        const failure = await submit(operation, { scenario: `fail.${aFailure(pack)}` });
        await finish(success.taskId);
        const { abandoned, success: ended } = operation.kind.ends;
        expect(report(success.taskId).state).toBe(ended);
        const before = (await poll(success.taskId)).body;
        await mock.clock.advance(DAY);
        expect(report(success.taskId).state).toBe(abandoned);
        expect((await poll(success.taskId)).body).not.toBe(before);
        expect(report(failure.taskId).state).toBe(failureState(operation, aFailure(pack)));
      }
    },
  },
  {
    title: 'a receiver that recovers gets nothing more after its acknowledgement',
    needs: ['callbacks', 'retries of the last signal'],
    async run(pack, openStage) {
      for (const operation of announcing(pack)) {
        const signals = signalsOf(operation);
        const script = [...signals.slice(1).map(() => 200), 500, 200];
        const { submit, report, receiver, mock } = await openStage(pack, {}, script);
        const { taskId } = await submit(operation);
        await mock.clock.advance(DAY);
        expect(histories(report(taskId)).at(-1)).toEqual(['acknowledged', ['rejected', 'acknowledged']]);
        expect(receiver.posts).toHaveLength(signals.length + 1);
        expect(report(taskId).state).toBe(operation.kind.ends.success);
      }
    },
  },
  {
    title: 'whether a 201 acknowledges depends on the pack; a 302 and a broken connection never do',
    needs: ['callbacks'],
    async run(pack, openStage) {
      const operation = firstAnnouncing(pack);
      const taken = isInWindows(operation.event.delivery.ackStatus, 201) ? 'acknowledged' : 'abandoned';
      const reactions: readonly (readonly [Reaction, string])[] = [
        [201, taken],
        ['redirect', 'abandoned'],
        ['reset', 'abandoned'],
      ];
      for (const [reaction, status] of reactions) {
        const { submit, report, mock } = await openStage(pack, {}, [reaction]);
        const { taskId } = await submit(operation);
        await mock.clock.advance(DAY);
        expect(report(taskId).deliveries.map((one) => one.status)).toEqual(
          signalsOf(operation).map(() => status),
        );
      }
    },
  },
  {
    title: 'callback.duplicate sends the last signal twice, with the same bytes, one after the other',
    needs: ['callbacks'],
    async run(pack, openStage) {
      const { posts, report, operation } = await runWithFault(pack, openStage, 'callback.duplicate');
      const bodies = announced(operation.event, report);
      expect(posts).toEqual([...bodies, bodies.at(-1)]);
      expect(histories(report).at(-1)).toEqual(['acknowledged', ['acknowledged']]);
    },
  },
  {
    title: 'callback.concurrent-duplicate sends the last signal twice at the same time',
    needs: ['callbacks'],
    async run(pack, openStage) {
      const { posts, report, operation } = await runWithFault(
        pack,
        openStage,
        'callback.concurrent-duplicate',
      );
      const bodies = announced(operation.event, report);
      expect(posts).toEqual([...bodies, bodies.at(-1)]);
      const [one, other] = report.deliveries.slice(-2);
      expect(one?.attempts[0]?.at).toBe(other?.attempts[0]?.at);
    },
  },
  {
    title: 'callback.never sends nothing, and the task succeeds',
    needs: ['callbacks'],
    async run(pack, openStage) {
      const { posts, report, operation } = await runWithFault(pack, openStage, 'callback.never');
      expect(posts).toEqual([]);
      expect(report).toMatchObject({ state: operation.kind.ends.success, deliveries: [] });
    },
  },
  {
    title: 'callback.late delays the last signal by the time that the pack defines',
    needs: ['callbacks'],
    async run(pack, openStage) {
      const operation = firstAnnouncing(pack);
      const { submit, report, reach, receiver } = await openStage(pack);
      const { taskId } = await submit(operation, { scenario: 'callback.late' });
      const signals = signalsOf(operation);
      const dueAt = endOf(report(taskId)) + operation.kind.lateByMs;
      await reach(dueAt - 1);
      expect(receiver.posts).toHaveLength(signals.length - 1);
      await reach(dueAt);
      expect(receiver.posts).toHaveLength(signals.length);
      expect(JSON.parse(receiver.posts.at(-1)?.body ?? '')).toEqual(
        JSON.parse(announced(operation.event, report(taskId)).at(-1) ?? ''),
      );
    },
  },
  {
    title: 'callback.forged claims success with media from another host while the task runs, without the key',
    needs: ['callbacks'],
    async run(pack, openStage) {
      const operation = firstAnnouncing(pack);
      const slug = aFailure(pack);
      const { submit, report, reach, receiver, mock } = await openStage(pack, { secret: SECRET });
      const { taskId } = await submit(operation, { scenario: `fail.${slug}+callback.forged` });
      await reach(endOf(report(taskId)) - 1);
      const forged = receiver.posts.filter(
        ({ body }) => body.includes('/__media/') && mediaIn(body, mock.url).length === 0,
      );
      expect(forged).toHaveLength(1);
      await mock.clock.advance(DAY);
      expect(receiver.posts.map(({ body }) => body).filter((body) => body !== forged[0]?.body)).toEqual(
        announced(operation.event, report(taskId)),
      );
      const attempts = attemptsOf(mock.journal.entries({ type: 'attempt.started' }));
      const attempt = attempts.find(({ body }) => body === forged[0]?.body);
      if (pack.signer !== null) expect(attempt && isSigned(pack, attempt)).toBe(false);
    },
  },
  {
    title: 'callback.malformed sends invalid JSON once, and then the correct callback',
    needs: ['callbacks'],
    async run(pack, openStage) {
      const { posts, report, operation } = await runWithFault(pack, openStage, 'callback.malformed');
      const bodies = announced(operation.event, report);
      const bad = posts[bodies.length - 1] ?? '';
      expect(() => JSON.parse(bad)).toThrow(SyntaxError);
      expect(posts).toEqual([...bodies.slice(0, -1), bad, bodies.at(-1)]);
    },
  },
  {
    title: 'callback.truncated sends a cut-off body once, and then the complete callback',
    needs: ['callbacks'],
    async run(pack, openStage) {
      const { posts, report, operation } = await runWithFault(pack, openStage, 'callback.truncated');
      // A receiver that waits for the end of a body never saw the incomplete one.
      expect(posts).toEqual(announced(operation.event, report));
      expect(histories(report).map(([status]) => status)).toEqual([
        ...signalsOf(operation)
          .slice(1)
          .map(() => 'acknowledged'),
        'abandoned',
        'acknowledged',
      ]);
    },
  },
  {
    title: 'callback.lost-ack repeats the acknowledged callback with the same bytes',
    needs: ['callbacks', 'retries of the last signal'],
    async run(pack, openStage) {
      const { posts, report, operation } = await runWithFault(pack, openStage, 'callback.lost-ack');
      const bodies = announced(operation.event, report);
      expect(posts).toEqual([...bodies, bodies.at(-1)]);
      expect(histories(report).at(-1)?.[0]).toBe('acknowledged');
    },
  },
  {
    title: 'callback.before-response sends the callback before the answer to the submission',
    needs: ['callbacks'],
    async run(pack, openStage) {
      const operation = firstAnnouncing(pack);
      const { submit, report, receiver, mock } = await openStage(pack);
      const { taskId } = await submit(operation, { scenario: 'callback.before-response' });
      expect(receiver.posts[0]?.body).toContain(taskId);
      await mock.settled();
      // All states pass at the same time, and each callback reports its own state.
      expect(receiver.posts.map(({ body }) => body)).toEqual(announced(operation.event, report(taskId)));
    },
  },
  {
    title:
      "callbacks carry the pack's signature when a secret is set, and otherwise only if the vendor always signs",
    needs: ['callbacks', 'signature'],
    async run(pack, openStage) {
      const names = Object.keys(pack.signer?.sign(SECRET, UNSIGNED) ?? {});
      for (const operation of announcing(pack)) {
        const signed = await openStage(pack, { secret: SECRET });
        await signed.submit(operation);
        await signed.mock.clock.advance(DAY);
        const attempts = attemptsOf(signed.mock.journal.entries({ type: 'attempt.started' }));
        expect(attempts.map((attempt) => isSigned(pack, attempt))).toEqual(attempts.map(() => true));
        expect(attempts.length).toBe(signed.receiver.posts.length);
        for (const [index, { headers }] of signed.receiver.posts.entries()) {
          for (const name of names) {
            expect(headers[name.toLowerCase()]).toBe(attempts[index]?.headers[name]);
          }
        }
        const plain = await openStage(pack);
        await plain.submit(operation);
        await plain.mock.clock.advance(DAY);
        for (const { headers } of plain.receiver.posts) {
          const own = names.filter((name) => name.toLowerCase() in headers);
          expect(own).toEqual(pack.signer?.isAlways ? names : []);
        }
      }
    },
  },
  {
    title: 'a client that selects signals gets only those, and one that selects none gets all',
    needs: ['callbacks', 'filter'],
    async run(pack, openStage) {
      for (const operation of announcing(pack)) {
        const field = filterField(pack, operation);
        const names = signalsOf(operation).map(({ name }) => name);
        for (const wanted of [...names.map((name) => [name]), names, []]) {
          const { submit, receiver, mock } = await openStage(pack);
          const { taskId } = await submit(operation, { fields: [[`/${field}`, wanted]] });
          await mock.clock.advance(DAY);
          expect(taskId).not.toBe('');
          expect(receiver.posts).toHaveLength(wanted.length === 0 ? names.length : wanted.length);
        }
      }
    },
  },
  {
    title: 'a callback that is sent again has the bytes of the previous one and is a separate delivery',
    needs: ['callbacks'],
    async run(pack, openStage) {
      for (const operation of announcing(pack)) {
        const { submit, report, receiver, mock } = await openStage(pack);
        const { taskId } = await submit(operation);
        await mock.clock.advance(DAY / 48);
        const before = receiver.posts.length;
        mock.tasks.redeliver(taskId);
        await mock.settled();
        expect(receiver.posts).toHaveLength(before + 1);
        expect(receiver.posts.at(-1)?.body).toBe(receiver.posts.at(-2)?.body);
        expect(report(taskId).deliveries).toHaveLength(before + 1);
        expect(histories(report(taskId)).at(-1)).toEqual(['acknowledged', ['acknowledged']]);
      }
    },
  },
];

const UNSIGNED = {
  ...{ taskId: 'task', deliveryId: 'd1', body: '{}', wallAt: 1000 },
  ...{ url: 'http://127.0.0.1/callback', request: {} },
};

/** Runs a task with a callback fault and returns everything that it sent. */
async function runWithFault(pack: Pack, openStage: OpenStage, scenario: string) {
  const operation = firstAnnouncing(pack);
  const { submit, report, receiver, mock } = await openStage(pack);
  const { taskId } = await submit(operation, { scenario });
  await mock.clock.advance(DAY / 48);
  return { posts: receiver.posts.map(({ body }) => body), report: report(taskId), operation };
}
