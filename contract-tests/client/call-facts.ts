import { requestProblems } from '../payload/judge-payload.ts';
import { cached } from './cached.ts';
import { callbackUrlOf, misplacedUrl, urlProblem } from './callback-url.ts';
import type { ApiCall, Evidence } from './evidence.ts';
import { submitsIn } from './evidence-queries.ts';
import { jobOf } from './job.ts';
import { undocumentedFields } from './undocumented-fields.ts';

/* Facts about a submission that are expensive to compute. Each is computed once and cached. */

/** Returns the schema violations of the body. */
export const problemsOf = cached(({ pack, entry, body }: ApiCall) =>
  requestProblems(pack, entry.operation ?? '', body),
);

/** Returns the undocumented fields of the body, except a callback URL, which another case judges. */
export const undocumentedFieldsOf = cached((call: ApiCall) => {
  const callback = misplacedUrl(call);
  return undocumentedFields(call.pack, call.entry.operation ?? '', call.body).filter(
    ({ at }) => at !== callback,
  );
});

/** Returns the callback URL and the reason why the vendor cannot call it; null without a callback URL. */
export const callbackOf = cached((call: ApiCall) => {
  const url = callbackUrlOf(call);
  return url === null ? null : { url, problem: urlProblem(url) };
});

/** Computes all facts call by call, so that a judge can pause in between and no case takes long. */
export function* computeFactsInSteps(evidence: Evidence): Generator<undefined, void, undefined> {
  for (const call of submitsIn(evidence)) {
    jobOf(call);
    problemsOf(call);
    undocumentedFieldsOf(call);
    callbackOf(call);
    yield;
  }
}
