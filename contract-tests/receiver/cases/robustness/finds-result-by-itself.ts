import type { ReceiverCase } from '../../receiver-case.ts';
import { effects, notObservable, verdict } from '../../verdicts.ts';

export const findsResultByItself: ReceiverCase = {
  id: 'RCV-ROB-01',
  group: 'Robustness',
  title: 'A result whose callbacks were all lost is found by polling',
  level: 'should',
  requirement: 'When no callback of a task ever arrives, the application asks for the result by itself.',
  why: 'After the last retry the vendor is silent for ever; a receiver that was down for ten minutes has lost the task.',
  remedy:
    'Poll for tasks whose callback is overdue, and process what polling finds through the same claim as callbacks.',
  basis: ['retries'],
  alone: true,
  applies: ({ canSubmit }) =>
    canSubmit
      ? null
      : 'give --submit, a URL or a command that makes your system create a task at the mock (--api-port)',
  async run(stage) {
    const own = await stage.submitted('callback.never');
    await own.finish();
    const { pollWithinMs } = stage.subject;
    const watchedMs = pollWithinMs ?? WATCHED_MS;
    const found = await stage.until(own.polledToTheEnd, watchedMs);
    const expected = 'the application polls for the task, and its work is done once';
    const stimulus = 'a task of the system itself, whose callbacks never arrive';
    const polls = `${own.polls()} polls within ${watchedMs} ms, none after the task had ended`;
    if (!found) {
      const effect =
        pollWithinMs === null
          ? notObservable(expected, `${polls}. If it polls later, say when with --poll-within.`)
          : verdict('failed', expected, polls);
      return { stimulus, effect };
    }
    return { stimulus, effect: await effects(stage, 1, own.taskId) };
  },
};

/** How long it is watched when nobody said when it polls, wall time. */
const WATCHED_MS = 15_000;
