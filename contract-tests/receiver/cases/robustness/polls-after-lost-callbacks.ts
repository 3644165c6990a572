import { sayDuration } from '../../../reporters/wording.ts';
import { effects } from '../../effect-verdicts.ts';
import { retrySchedule } from '../../pack-figures.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import { notObservable, verdict } from '../../verdicts.ts';
import { whyNotSubmitted } from '../../why-not-submitted.ts';

export const pollsAfterLostCallbacks: ReceiverCase = {
  id: 'RCV-ROB-01',
  group: 'Robustness',
  title: 'A result whose callbacks were all lost is found by polling',
  level: 'should',
  requirement: 'The application SHOULD poll for the result of a task whose callbacks never arrive.',
  why: {
    general:
      'The vendor sends nothing after the last retry; a receiver that was down during all attempts has lost the task.',
    of: (pack) =>
      `The vendor sends nothing after ${retrySchedule(pack)}; a receiver that was down during all attempts has lost the task.`,
  },
  remedy:
    'Poll for tasks whose callback is overdue, and process the result of polling through the same claim as callbacks.',
  basis: [
    'retries',
    {
      derived:
        'A vendor abandons a callback after its last retry, so polling is the only way left to find the result.',
    },
  ],
  alone: true,
  applies: whyNotSubmitted,
  async run(context) {
    const own = await context.submitted('callback.never');
    await own.finish();
    const { pollWithinMs } = context.subject;
    const watchedMs = pollWithinMs ?? WATCHED_MS;
    const found = await context.until(own.polledToTheEnd, watchedMs);
    const expected = 'the application polls for the task, and its work is done once';
    const stimulus = 'a task that your system creates, whose callbacks never arrive';
    const polls = `${own.polls() === 1 ? '1 poll' : `${own.polls()} polls`} within ${sayDuration(watchedMs)}, but no poll after the end of the task`;
    if (!found) {
      const effect =
        pollWithinMs === null
          ? notObservable(
              expected,
              `${polls}. If it polls later, set ${context.subject.nameOption('pollWithin')}.`,
            )
          : verdict('failed', expected, polls);
      return { stimulus, effect };
    }
    return { stimulus, effect: await effects(context, 1, own.taskId) };
  },
};

/** Time to wait for a poll without a limit from the options, wall time. */
const WATCHED_MS = 15_000;
