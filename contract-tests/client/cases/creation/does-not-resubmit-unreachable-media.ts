import { type ClientCase, failed, notApplicable, passed } from '../../client-case.ts';
import { rejectedFor } from '../../evidence-queries.ts';
import { textWithCode } from '../../pack-text.ts';
import { resentAfter } from '../../resent.ts';
import { stillOpen } from '../../still-open.ts';
import { count, times } from '../../wording.ts';

export const doesNotResubmitUnreachableMedia: ClientCase = {
  id: 'CLI-CRE-11',
  group: 'Creating tasks',
  title: 'A job is not resubmitted after the vendor failed to fetch its image or video',
  level: 'should',
  requirement: textWithCode(
    'an error that says the image or video cannot be fetched',
    'mediaUnreachable',
    (error) => `After ${error}, the client SHOULD NOT submit the same job again.`,
  ),
  why: 'The vendor fails to fetch it again, and each attempt counts toward the rate limit.',
  remedy: 'Check that the URL is public, and fail the job with an error that names the image or video.',
  basis: ['errorCodes'],
  stimuli: ['media-refused'],
  judge(evidence) {
    const rejected = rejectedFor(evidence, 'mediaUnreachable');
    if (rejected.length === 0)
      return notApplicable('No submission was rejected because of its image or video.');
    const again = resentAfter(evidence, rejected);
    return again.length === 0
      ? (stillOpen(evidence, rejected.at(-1)?.atMs ?? 0) ??
          passed(`after ${count(rejected, 'rejection')}, the client did not submit the same job again`))
      : failed(`the same job was submitted again ${times(again.length)}`, again);
  },
};
