import { broken, type ClientCase, doesNotApply, kept } from '../../client-case.ts';
import { refusedFor } from '../../questions.ts';
import { resentAfter } from '../../resent.ts';
import { stillOpen } from '../../still-open.ts';

export const doesNotRepeatUnreachableMedia: ClientCase = {
  id: 'CLI-CRE-11',
  group: 'Creating tasks',
  title: 'An image that cannot be fetched is not sent again',
  level: 'should',
  requirement:
    'After an answer that says the image or video cannot be fetched, the job is not submitted again unchanged.',
  why: 'The vendor could not fetch it and will fail the same way next time.',
  remedy: 'Check that the URL is public, and fail the job with a message about the image.',
  basis: ['errorCodes'],
  stimuli: ['media-refused'],
  judge(evidence) {
    const expected = 'an image that cannot be fetched is not sent again';
    const refused = refusedFor(evidence, 'mediaUnreachable');
    if (refused.length === 0)
      return doesNotApply(expected, 'No submission was refused because of its image or video.');
    const again = resentAfter(evidence, refused);
    return again.length === 0
      ? (stillOpen(evidence, expected, refused.at(-1)?.atMs ?? 0) ??
          kept(expected, `${refused.length} submissions, each of another job`))
      : broken(expected, `the same job was submitted ${again.length} more times`, again);
  },
};
