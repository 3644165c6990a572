import { broken, type ClientCase, doesNotApply, kept } from '../../client-case.ts';
import { refusedFor } from '../../questions.ts';
import { resentAfter } from '../../resent.ts';
import { stillOpen } from '../../still-open.ts';

export const doesNotRepeatWhatIsInvalid: ClientCase = {
  id: 'CLI-CRE-08',
  group: 'Creating tasks',
  title: 'A body that was refused as invalid is not sent again',
  level: 'should',
  requirement: 'After an answer that refuses the body as invalid, the same body is not submitted again.',
  why: 'It is still invalid, and each attempt counts towards the rate limit.',
  remedy:
    'Retry only what may pass by itself: rate limits, maintenance, server errors. For an invalid body, stop and report the field.',
  basis: ['errorCodes'],
  stimuli: ['request-refused'],
  judge(evidence) {
    const expected = 'a body that was refused as invalid is not sent again';
    const refused = refusedFor(evidence, 'invalid');
    if (refused.length === 0) return doesNotApply(expected, 'No submission was refused as not valid.');
    const again = resentAfter(evidence, refused);
    return again.length === 0
      ? (stillOpen(evidence, expected, refused.at(-1)?.atMs ?? 0) ??
          kept(expected, `${refused.length} submissions, each of another job`))
      : broken(expected, `the same body was sent ${again.length} more times`, again);
  },
};
