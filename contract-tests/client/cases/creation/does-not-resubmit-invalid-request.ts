import { type ClientCase, failed, notApplicable, passed } from '../../client-case.ts';
import { rejectedFor } from '../../evidence-queries.ts';
import { textWithCode } from '../../pack-text.ts';
import { resentAfter } from '../../resent.ts';
import { stillOpen } from '../../still-open.ts';
import { count, times } from '../../wording.ts';

export const doesNotResubmitInvalidRequest: ClientCase = {
  id: 'CLI-CRE-08',
  group: 'Creating tasks',
  title: 'An invalid request is not resubmitted',
  level: 'should',
  requirement: textWithCode(
    'an error that rejects the request as invalid',
    'invalid',
    (error) => `After ${error}, the client SHOULD NOT send the same body again.`,
  ),
  why: 'The body is still invalid, and each attempt counts toward the rate limit.',
  remedy:
    'Retry only temporary errors: rate limits, maintenance, server errors. For an invalid request, stop and report the field.',
  basis: ['errorCodes', { derived: 'An invalid request remains invalid.' }],
  stimuli: ['request-refused'],
  judge(evidence) {
    const rejected = rejectedFor(evidence, 'invalid');
    if (rejected.length === 0) return notApplicable('No submission was rejected as invalid.');
    const again = resentAfter(evidence, rejected);
    return again.length === 0
      ? (stillOpen(evidence, rejected.at(-1)?.atMs ?? 0) ??
          passed(`after ${count(rejected, 'rejection')}, the client did not send the same body again`))
      : failed(`the same body was sent again ${times(again.length)}`, again);
  },
};
