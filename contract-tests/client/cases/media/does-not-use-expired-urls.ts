import { leastOf } from '../../cached.ts';
import { type ClientCase, failed, notApplicable, notObservable, passed } from '../../client-case.ts';
import type { Evidence } from '../../evidence.ts';
import { knewEndAtMs, submitsIn } from '../../evidence-queries.ts';
import { times } from '../../wording.ts';

/** Returns what stands for the folder of the runs: a placeholder of a command, or a part of the context. */
function folderOf({ run }: Evidence): string {
  return run?.client === 'function' ? '"dir" of its context' : '{dir}';
}

export const doesNotUseExpiredUrls: ClientCase = {
  id: 'CLI-MED-03',
  group: 'Media',
  title: 'Expired media URLs are not used',
  level: 'should',
  requirement: "The client SHOULD serve and process media from its own storage, not from the vendor's URLs.",
  why: 'Every page that embeds the URLs breaks when they expire.',
  remedy: "Store the file and its URL in your own storage, not the vendor's URL.",
  basis: ['mediaLifetime'],
  stimuli: ['day-15'],
  judge(evidence) {
    const expired = evidence.tasks.filter(
      (task) =>
        task.expiredSeq !== null &&
        task.plan.scenario.media !== 'expired' &&
        knewEndAtMs(evidence, task) !== null,
    );
    if (expired.length === 0) return notApplicable('No media of a finished task expired during the run.');
    const expiredSince = new Map(expired.toReversed().map(({ id, expiredSeq }) => [id, expiredSeq]));
    const late = evidence.downloads.filter(
      ({ seq, entry }) => seq > (expiredSince.get(entry.taskId ?? '') ?? seq),
    );
    if (late.length > 0) return failed(`the client requested expired media ${times(late.length)}`, late);
    const expiredSeq = leastOf(expired.map((task) => task.expiredSeq ?? Number.POSITIVE_INFINITY));
    // A client that makes a new video does not need the old one, so the run does not show which URL it would use.
    return submitsIn(evidence).some(({ seq }) => seq > expiredSeq)
      ? notObservable(
          `The second run made a new video. Let the client use the existing one: ${folderOf(evidence)} is the same folder in both runs.`,
        )
      : passed('expired media was not requested');
  },
};
