import { PAGES } from '../../../pages.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import { HOW_TO_OBSERVE, holds, notObservable, survived } from '../../verdicts.ts';

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
  sources: [PAGES.extend],
  applies: ({ anatomy }) => (anatomy.media.length > 0 ? null : 'a success of this event has no media'),
  async run(stage) {
    const canary = await stage.canary();
    const task = await stage.runningTask();
    const passage = await stage.send(task.forged(canary.origin));
    await stage.quiet();
    const asked = stage.calls(task.taskId) > 0;
    return {
      stimulus: 'a success about a task that still runs, with media on a foreign host',
      ack: survived(stage.subject, 'a forged callback', passage, await stage.send(await stage.task())),
      effect: stage.subject.downloads
        ? holds(
            canary.hits() === 0,
            'the foreign host is not asked',
            `${canary.hits()} requests to it${asked ? ', after asking the API' : ''}`,
          )
        : notObservable('the foreign host is not asked', HOW_TO_OBSERVE),
    };
  },
};
