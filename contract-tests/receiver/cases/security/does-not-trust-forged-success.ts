import { survived } from '../../answer-verdicts.ts';
import { type MediaFinding, ofMedia } from '../../effect-verdicts.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import { verdict } from '../../verdicts.ts';

export const doesNotTrustForgedSuccess: ReceiverCase = {
  id: 'RCV-SEC-02',
  group: 'Security',
  title: 'A forged success for a running task is not trusted',
  level: 'should',
  requirement:
    "The receiver SHOULD NOT fetch media of a success from a host other than the vendor's, or SHOULD query the vendor first.",
  why: "The URL of a receiver is not secret; a forged callback determines what is stored and shown as the user's video.",
  remedy:
    "Verify the signature, look up the task at the API before you act, or download only from the vendor's hosts. Compare complete host names, because anyone can register a name with the same prefix or suffix.",
  basis: [
    {
      derived:
        'CWE-345, Insufficient Verification of Data Authenticity: anyone who knows the URL of a receiver can send a callback.',
    },
  ],
  applies: ({ shape }) => (shape.media.length > 0 ? null : 'this event has no success with media'),
  async run(context) {
    const canary = await context.canary();
    const task = await context.runningTask();
    const attempt = await context.send(task.forged(canary.origin));
    const expected = 'no request to the other host';
    const hasPolled = (): boolean => context.calls(task.taskId) > 0;
    const look = (): MediaFinding => ({
      isRight: canary.hits() === 0,
      isFinal: true,
      actual: `${canary.hits() === 1 ? '1 request' : `${canary.hits()} requests`} to the other host${hasPolled() ? ', after a query to the API' : ''}`,
    });
    const seen = await ofMedia(context, expected, look);
    // The receiver knows from the API that the task is still running.
    const effect =
      seen.status === 'not-observable' && hasPolled() && canary.hits() === 0
        ? verdict('passed', expected, look().actual)
        : seen;
    const next = await context.send(await context.task());
    return {
      stimulus: 'a success for a running task, with media on another host',
      ack: survived(context.subject, 'a forged callback', attempt, next),
      effect,
    };
  },
};
