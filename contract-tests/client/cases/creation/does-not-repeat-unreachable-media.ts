import { PAGES } from '../../../pages.ts';
import { broken, type ClientCase, doesNotApply, kept } from '../../client-case.ts';
import { refusedFor } from '../../questions.ts';
import { resentAfter } from '../../resent.ts';

export const doesNotRepeatUnreachableMedia: ClientCase = {
  id: 'CLI-CRE-11',
  group: 'Creating tasks',
  title: 'An image that cannot be fetched is not sent again',
  level: 'should',
  requirement: 'After code 451 the job is not submitted again with the same image.',
  why: 'The vendor could not fetch it, and will not next time.',
  remedy: 'Check that the URL is public, and give the job up with a message about the image.',
  sources: [PAGES.detail],
  stimuli: ['media-refused'],
  judge(evidence) {
    const expected = 'an image that cannot be fetched is not sent again';
    const refused = refusedFor(evidence, 'mediaUnreachable');
    if (refused.length === 0)
      return doesNotApply(expected, 'No submission was refused because of its image or video.');
    const again = resentAfter(evidence, refused);
    return again.length === 0
      ? kept(expected, `${refused.length} submissions, each another`)
      : broken(expected, `the same came ${again.length} more times`, again);
  },
};
