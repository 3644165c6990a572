import { expect } from 'vitest';
import type { PackAnswer } from '../../../fixtures/clients/pack-calls.ts';
import { packStage, planOf, submitOperations } from '../../../fixtures/pack-stage.ts';
import type { Courier, Pack } from '../../../mock-server/index.ts';
import type { Case, OpenStage } from './case.ts';
import { onTheWire } from './on-the-wire.ts';
import { aFailure, main } from './promises.ts';

export const RUNS: readonly Case[] = [
  {
    title: 'the same seed gives the same bytes in answers and callbacks, and another seed gives other ids',
    async run(pack, openStage) {
      const [one, again, other] = [
        await wholeRun(pack, openStage, 7),
        await wholeRun(pack, openStage, 7),
        await wholeRun(pack, openStage, 8),
      ];
      expect(again).toEqual(one);
      expect(one.ids.filter((id) => other.ids.includes(id))).toEqual([]);
      expect(new Set(one.ids).size).toBe(one.ids.length);
    },
  },
  {
    title: 'a reset removes all tasks, and the same requests create the same tasks again',
    async run(pack, openStage) {
      const { submit, finish, poll, mock } = await openStage(pack);
      const begin = mock.clock.now();
      const { taskId, answer } = await submit(main(pack));
      mock.scenarios.enqueue(`fail.${aFailure(pack)}`);
      await finish(taskId);
      mock.reset();
      expect(mock.tasks.all()).toEqual([]);
      expect(mock.journal.entries().map(({ type }) => type)).toEqual(['server.reset']);
      expect(mock.clock.now()).toEqual(begin);
      expect(await poll(taskId)).toMatchObject(
        onTheWire(pack).forRole('unknownTask', `${taskId} is not a known task`),
      );
      const anew = await submit(main(pack));
      expect([anew.taskId, anew.answer.body]).toEqual([taskId, answer.body]);
      await finish(taskId);
      expect(mock.tasks.get(taskId)?.outcome).toBe('success');
    },
  },
];

/** Runs every operation in success and failure and polls it in each state; callbacks are recorded, not sent. */
async function wholeRun(
  pack: Pack,
  openStage: OpenStage,
  seed: number,
): Promise<{ ids: string[]; bytes: string[] }> {
  const bytes: string[] = [];
  const courier: Courier = {
    async post(url, prepare) {
      const delivery = await prepare();
      if (delivery === null) return null;
      bytes.push(url, delivery.body);
      return {
        outcome: 'acknowledged',
        status: 200,
        firstByteMs: 1,
        durationMs: 1,
        answer: '',
        detail: null,
      };
    },
    interrupt: () => undefined,
    close: () => Promise.resolve(),
  };
  const { mock } = await openStage(pack, { seed, courier, publicUrl: 'http://media.test' });
  const { submit, report, reach, poll } = packStage(mock, pack, 'http://receiver.test/callback');
  const keep = ({ status, body }: PackAnswer): number => bytes.push(`${status} ${body}`);
  for (const operation of submitOperations(pack)) {
    for (const scenario of ['success', 'success', `fail.${aFailure(pack)}`]) {
      const { taskId, answer } = await submit(operation, { scenario });
      keep(answer);
      for (const { at } of planOf(report(taskId)).steps) {
        await reach(at);
        keep(await poll(taskId));
      }
    }
  }
  return { ids: mock.tasks.all().map(({ id }) => id), bytes };
}
