import { PAGES } from '../../../pages.ts';
import { broken, type ClientCase, doesNotApply, kept } from '../../client-case.ts';
import { refusedFor } from '../../questions.ts';
import { resentAfter } from '../../resent.ts';

export const doesNotRepeatWhatIsInvalid: ClientCase = {
  id: 'CLI-CRE-08',
  group: 'Creating tasks',
  title: 'A body that was refused is not sent again',
  level: 'should',
  requirement: 'After code 422 the same body is not submitted again.',
  why: 'It is as wrong as before, and each try counts towards the limit.',
  remedy: 'Retry what may change by itself: 429, 455, 500. For 422 stop, and say which field it is.',
  sources: [PAGES.detail],
  stimuli: ['request-refused'],
  judge(evidence) {
    const expected = 'a body that was refused is not sent again';
    const refused = refusedFor(evidence, 'invalid');
    if (refused.length === 0) return doesNotApply(expected, 'No submission was refused as not valid.');
    const again = resentAfter(evidence, refused);
    return again.length === 0
      ? kept(expected, `${refused.length} submissions, each another`)
      : broken(expected, `the same body came ${again.length} more times`, again);
  },
};
