import { broken, type ClientCase, doesNotApply, kept } from '../../client-case.ts';
import { refusedFor } from '../../questions.ts';
import { resentAfter } from '../../resent.ts';
import { stillOpen } from '../../still-open.ts';
import { count, times } from '../../wording.ts';

export const doesNotRepeatUnreachableMedia: ClientCase = {
  id: 'CLI-CRE-11',
  group: 'Creating tasks',
  title: 'A job is not resubmitted after the vendor failed to fetch its image or video',
  level: 'should',
  requirement:
    'After an error that says the image or video cannot be fetched, the client SHOULD NOT submit the same job again.',
  why: 'The vendor fails to fetch it again, and each attempt counts toward the rate limit.',
  remedy: 'Check that the URL is public, and fail the job with an error that names the image or video.',
  sources: [PAGES.detail],
  stimuli: ['media-refused'],
  judge(evidence) {
    const rejected = refusedFor(evidence, 'mediaUnreachable');
    if (rejected.length === 0)
      return doesNotApply('No submission was rejected because of its image or video.');
    const again = resentAfter(evidence, rejected);
    return again.length === 0
      ? (stillOpen(evidence, rejected.at(-1)?.atMs ?? 0) ??
          kept(`${count(rejected, 'job')} were rejected, and none was submitted again`))
      : broken(`the same job was submitted again ${times(again.length)}`, again);
  },
};
