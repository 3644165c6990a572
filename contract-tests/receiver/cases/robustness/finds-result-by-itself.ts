import { PAGES } from '../../../pages.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import { effects, verdict } from '../../verdicts.ts';

export const findsResultByItself: ReceiverCase = {
  id: 'RCV-ROB-01',
  group: 'Robustness',
  title: 'A result whose callbacks were all lost is found by polling',
  level: 'should',
  requirement: 'When no callback of a task ever arrives, the application asks for the result by itself.',
  why: 'After the last retry the vendor is silent for ever; a receiver that was down for ten minutes has lost the task.',
  remedy:
    'Poll for tasks whose callback is overdue, and process what polling finds through the same claim as callbacks.',
  sources: [PAGES.extend],
  alone: true,
  applies: ({ canSubmit }) =>
    canSubmit
      ? null
      : 'give --submit, a URL or a command that makes your system create a task at the mock (--api-port)',
  async run(stage) {
    const own = await stage.submitted('callback.never');
    await own.finish();
    const found = await stage.until(own.polledToTheEnd, WITHIN_MS);
    const expected = 'the poll operation is asked for the task, and its work is done once';
    const stimulus = 'a task of the system itself, whose callbacks never arrive';
    if (!found)
      return {
        stimulus,
        effect: verdict('failed', expected, `${own.polls()} polls, none after it had ended`),
      };
    return { stimulus, effect: await effects(stage, 1, own.taskId) };
  },
};

/** How long the system under test has to poll, wall time. */
const WITHIN_MS = 10_000;
