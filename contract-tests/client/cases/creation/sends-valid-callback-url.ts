import { callbackOf } from '../../call-facts.ts';
import { asksForCallbacks, misplacedUrl } from '../../callback-url.ts';
import {
  type ClientCase,
  type Finding,
  failed,
  notApplicable,
  notObservable,
  passed,
} from '../../client-case.ts';
import type { ApiCall, Evidence } from '../../evidence.ts';
import { submitsIn } from '../../evidence-queries.ts';
import { count } from '../../wording.ts';

export const sendsValidCallbackUrl: ClientCase = {
  id: 'CLI-CRE-02',
  group: 'Creating tasks',
  title: 'The callback URL is absolute and in the documented field',
  level: 'must',
  requirement: 'A client that uses callbacks MUST send an absolute URL in the documented field.',
  why: 'The vendor ignores a URL in any other field, and the client waits forever.',
  remedy: 'Copy the field name from the documentation, and set it to an absolute http or https URL.',
  basis: [{ derived: 'The OpenAPI document of the pack defines the field for the callback URL.' }],
  stimuli: ['plain'],
  judge(evidence) {
    const wanting = submitsIn(evidence).filter((call) => asksForCallbacks(evidence, call));
    if (wanting.length === 0) return notApplicable('The client does not use callbacks.');
    for (const call of wanting) {
      const callback = callbackOf(call);
      if (callback === null) return withoutUrl(evidence, call);
      const { url, problem } = callback;
      if (problem !== null) return failed(`the callback URL "${url}" ${problem}`, [call]);
    }
    return passed(`${count(wanting, 'submission')} had a valid callback URL`);
  },
};

function withoutUrl({ run, nameOption }: Evidence, call: ApiCall): Finding {
  const wrong = misplacedUrl(call);
  if (wrong !== null) return failed(`the callback URL is in ${wrong}, which the vendor ignores`, [call]);
  const given = run?.callbackUrl ?? '';
  return given.startsWith('http:')
    ? notObservable(
        `The client did not use the callback URL ${given}. It may accept only https: run it again with ${nameOption('tls')}.`,
      )
    : failed('the submission has no callback URL', [call]);
}
