import { KEY_MARK } from '../../mock-server/index.ts';
import { requestProblems } from '../payload/judge-payload.ts';
import { callbackUrlOf, misspelt, urlProblem } from './callback-url.ts';
import type { ApiCall, Evidence } from './evidence.ts';
import { jobOf } from './job.ts';
import { strangeFields } from './misnamed-fields.ts';
import { oncePer } from './once-per.ts';

/** What it takes time to find out about one call. Each is found out once, by whichever case asks first. */

/** A flag of the answer that says so, whatever the vendor calls it. */
const EXPIRED = /"\w*expire\w*"\s*:\s*(1|true)\b/i;
const ZONELESS = /"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)"/;
const KEY_MARKS = [KEY_MARK, encodeURIComponent(KEY_MARK)];

export const saysExpired = oncePer(({ entry }: ApiCall): boolean => EXPIRED.test(entry.answer));

/** The first time without a zone in the answer: the whole, its day, its time of day. */
export const zonelessTimeIn = oncePer(({ entry }: ApiCall) => ZONELESS.exec(entry.answer));

export const showsKey = oncePer(({ entry }: ApiCall): boolean =>
  KEY_MARKS.some((mark) => entry.url.includes(mark) || entry.requestBody.includes(mark)),
);

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
export function* studyInSteps({ calls }: Evidence): Generator<undefined, void, undefined> {
  for (const call of calls) {
    zonelessTimeIn(call);
    showsKey(call);
    if (call.entry.does === 'poll') saysExpired(call);
    if (call.entry.does === 'submit') {
      jobOf(call);
      problemsOf(call);
      strangeFieldsOf(call);
      callbackOf(call);
    }
    yield;
  }
}
