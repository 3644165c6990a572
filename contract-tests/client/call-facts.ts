import { requestProblems } from '../payload/judge-payload.ts';
import { callbackUrlOf, misspelt, urlProblem } from './callback-url.ts';
import type { ApiCall, Evidence } from './evidence.ts';
import { jobOf } from './job.ts';
import { strangeFields } from './misnamed-fields.ts';
import { oncePer } from './once-per.ts';
import { submitsIn } from './questions.ts';

/** What it takes time to find out about one submission. Each is found out once, by whichever case asks first. */

/** What the request schema has against the body. */
export const problemsOf = oncePer(({ pack, entry, body }: ApiCall) =>
  requestProblems(pack, entry.operation ?? '', body),
);

/** The fields of the body that the document does not have; a callback URL has a case of its own. */
export const strangeFieldsOf = oncePer((call: ApiCall) => {
  const callback = misspelt(call);
  return strangeFields(call.pack, call.entry.operation ?? '', call.body).filter(({ at }) => at !== callback);
});

/** Its callback URL, and what keeps the vendor from calling it; null when it has none. */
export const callbackOf = oncePer((call: ApiCall) => {
  const url = callbackUrlOf(call);
  return url === null ? null : { url, problem: urlProblem(url) };
});

/** Finds all of it out call by call, so that a judge can pause in between and no case takes long. */
export function* studyInSteps(evidence: Evidence): Generator<undefined, void, undefined> {
  for (const call of submitsIn(evidence)) {
    jobOf(call);
    problemsOf(call);
    strangeFieldsOf(call);
    callbackOf(call);
    yield;
  }
}
