import type { ReceiverCase } from '../../receiver-case.ts';
import { type MediaFinding, ofMedia, survived, verdict } from '../../verdicts.ts';

export const doubtsForgedSuccess: ReceiverCase = {
  id: 'RCV-SEC-02',
  group: 'Security',
  title: 'A forged success of a running task is not believed',
  level: 'should',
  requirement:
    "A success that points at a host which is not the vendor's is not fetched from there; or the receiver asks the vendor first.",
  why: "The URL of a receiver is no secret; a forger chooses what is stored and shown as the user's video.",
  remedy:
    "Check the signature, look the task up at the API before you act, or fetch from the vendor's hosts only. Compare whole host names: a name that begins or ends like the vendor's can be anybody's.",
  basis: ['signature'],
  applies: ({ anatomy }) => (anatomy.media.length > 0 ? null : 'a success of this event has no media'),
  async run(stage) {
    const canary = await stage.canary();
    const task = await stage.runningTask();
    const passage = await stage.send(task.forged(canary.origin));
    const expected = 'no request to the foreign host';
    const asked = (): boolean => stage.calls(task.taskId) > 0;
    const look = (): MediaFinding => ({
      isRight: canary.hits() === 0,
      isFinal: true,
      actual: `${canary.hits()} requests to it${asked() ? ', after asking the API' : ''}`,
    });
    const seen = await ofMedia(stage, expected, look);
    // Having asked the API, it knows that the task is still running.
    const effect =
      seen.status === 'not-observable' && asked() && canary.hits() === 0
        ? verdict('passed', expected, look().actual)
        : seen;
    const next = await stage.send(await stage.task());
    return {
      stimulus: 'a success about a task that is still running, with media on a foreign host',
      ack: survived(stage.subject, 'a forged callback', passage, next),
      effect,
    };
  },
};
