import { broken, type ClientCase, doesNotApply, kept } from '../../client-case.ts';
import { refusedFor } from '../../questions.ts';
import { resentAfter } from '../../resent.ts';
import { stillOpen } from '../../still-open.ts';
import { count, times } from '../../wording.ts';

export const doesNotRepeatWhatIsInvalid: ClientCase = {
  id: 'CLI-CRE-08',
  group: 'Creating tasks',
  title: 'An invalid request is not resubmitted',
  level: 'should',
  requirement: 'After a response that rejects the request as invalid, the client SHOULD NOT send the same body again.',
  why: 'The body is still invalid, and each attempt counts toward the rate limit.',
  remedy:
    'Retry only temporary errors: rate limits, maintenance, server errors. For an invalid request, stop and report the field.',
  sources: [PAGES.detail],
  stimuli: ['request-refused'],
  judge(evidence) {
    const rejected = refusedFor(evidence, 'invalid');
    if (rejected.length === 0) return doesNotApply('No submission was rejected as invalid.');
    const again = resentAfter(evidence, rejected);
    return again.length === 0
      ? (stillOpen(evidence, rejected.at(-1)?.atMs ?? 0) ??
          kept(`${count(rejected, 'request')} were rejected, and none was sent again`))
      : broken(`the same body was sent again ${times(again.length)}`, again);
  },
};
