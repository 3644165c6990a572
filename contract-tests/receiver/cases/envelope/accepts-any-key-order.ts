import { reverseKeys } from '../../anatomy.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import { acknowledged, effects } from '../../verdicts.ts';

export const acceptsAnyKeyOrder: ReceiverCase = {
  id: 'RCV-ENV-01',
  group: 'Envelope',
  title: 'The order of keys does not matter',
  level: 'must',
  requirement: "Keys may stand in any order, as they do on the vendor's pages, which differ.",
  why: 'Whoever reads a body with a pattern reads the wrong field when the order changes.',
  remedy: 'Parse the JSON, and read fields by name.',
  basis: ['callbackBody'],
  async run(stage) {
    const tasks = [await stage.task(), await stage.task()];
    const [plain, turned] = tasks;
    if (plain === undefined || turned === undefined) throw new Error('no tasks');
    const passages = [await stage.send(plain), await stage.send(turned.with(reverseKeys(turned.body)))];
    return {
      stimulus: 'a success as the page shows it, and one with its keys the other way round',
      ack: acknowledged(stage.subject, ...passages),
      effect: await effects(stage, 1, plain.taskId, turned.taskId),
    };
  },
};
