import { PAGES } from '../../../pages.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import { acknowledged, effects } from '../../verdicts.ts';

export const worksOnceForConcurrentDuplicate: ReceiverCase = {
  id: 'RCV-IDM-02',
  group: 'Idempotency',
  title: 'Two equal callbacks at the same moment are worked off once',
  level: 'must',
  requirement:
    'Two deliveries of one callback may overlap; both are acknowledged, and the work is done once.',
  why: 'Between "is it known?" and "now it is" the second one slips through.',
  remedy:
    'When a callback announces the end, claim its task id in one atomic step: a unique key, INSERT … ON CONFLICT DO NOTHING, an exclusive file. Looking first and marking later leaves a gap, however short.',
  sources: [PAGES.extend],
  async run(stage) {
    const task = await stage.task();
    const passages = await Promise.all([stage.send(task), stage.send(task), stage.send(task)]);
    return {
      stimulus: 'the same callback three times at one moment',
      ack: acknowledged(stage.subject, ...passages),
      effect: await effects(stage, 1, task.taskId),
    };
  },
};
