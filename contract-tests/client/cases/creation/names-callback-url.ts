import { PAGES } from '../../../pages.ts';
import { asksForCallbacks, callbackUrlOf, misspelt } from '../../callback-url.ts';
import { broken, type ClientCase, doesNotApply, kept } from '../../client-case.ts';
import { submitsIn } from '../../questions.ts';

export const namesCallbackUrl: ClientCase = {
  id: 'CLI-CRE-02',
  group: 'Creating tasks',
  title: 'A callback URL is spelled right, whole, and at the right level',
  level: 'must',
  requirement:
    'A client that wants callbacks gives the URL under the name and at the level that the page has, with scheme and host.',
  why: 'A misspelt one is dropped in silence, and the client waits for ever.',
  remedy: 'Copy the name of the field from the page, and give it an absolute URL.',
  sources: [PAGES.extend],
  stimuli: ['plain'],
  judge(evidence) {
    const expected = 'a callback URL is spelled right, whole, and at the right level';
    const wanting = submitsIn(evidence).filter((call) => asksForCallbacks(evidence, call));
    if (wanting.length === 0) return doesNotApply(expected, 'The client did not ask for callbacks.');
    for (const call of wanting) {
      const url = callbackUrlOf(call);
      if (url === null) {
        const wrong = misspelt(call);
        return broken(expected, wrong === null ? 'it was left out' : `it stands at ${wrong}`, [call]);
      }
      if (!URL.canParse(url)) return broken(expected, `"${url}" is no absolute URL`, [call]);
    }
    return kept(expected, `${wanting.length} submissions with one`);
  },
};
