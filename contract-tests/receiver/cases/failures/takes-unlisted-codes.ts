import { PAGES } from '../../../pages.ts';
import { replaceAt } from '../../anatomy.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import { unlistedCodes } from '../../selections.ts';
import { acknowledged, both, knownAsFailed, nothingFetched } from '../../verdicts.ts';

export const takesUnlistedCodes: ReceiverCase = {
  id: 'RCV-FAIL-04',
  group: 'Failures',
  title: 'A code that no callback page lists is a failure',
  level: 'should',
  requirement:
    "A callback with another code of the vendor's table is acknowledged and treated as a failure: nothing is downloaded.",
  why: 'Whoever lists the bad codes takes the next new one for a success.',
  remedy: 'Take the one code of success for success, and everything else for failure.',
  sources: [PAGES.detail],
  applies: (subject) =>
    subject.anatomy.code !== null && subject.failures.length > 0 && unlistedCodes(subject).length > 0
      ? null
      : 'the bodies of this event carry no code',
  async run(stage) {
    const { subject, anatomy } = stage;
    const place = anatomy.code;
    if (place === null) throw new Error('there is no code to change');
    const codes = unlistedCodes(subject).slice(0, 4);
    const passages = [];
    const failed: string[] = [];
    const likes: string[] = [];
    for (const code of codes) {
      const task = await stage.task(`fail.${subject.failures[0]}`);
      // Its media are refused, so that only the callback can lead to a request for them.
      const like = await stage.runningTask();
      const success = replaceAt(replaceAt(like.body, anatomy.taskId, task.taskId), [place], code);
      passages.push(await stage.send(task.with(success)));
      failed.push(task.taskId);
      likes.push(like.taskId);
    }
    const untouched = await nothingFetched(stage, ...failed, ...likes);
    return {
      stimulus: `codes ${codes.join(', ')}`,
      ack: acknowledged(subject, ...passages),
      effect: subject.hasProbe ? both(untouched, await knownAsFailed(stage, ...failed)) : untouched,
    };
  },
};
