import { PAGES } from '../../../pages.ts';
import { broken, type ClientCase, doesNotApply, kept } from '../../client-case.ts';
import { refusedFor, triesOf } from '../../questions.ts';

export const stopsWhenKeyIsRefused: ClientCase = {
  id: 'CLI-AUTH-03',
  group: 'Authentication',
  title: 'A refused key is tried once more at most',
  level: 'must',
  requirement: 'After an answer with code 401 the client makes at most one more try.',
  why: 'The key does not become right by itself, and some vendors lock accounts that hammer.',
  remedy: 'Treat 401 as final: stop, and say that the key was refused.',
  sources: [PAGES.detail],
  stimuli: ['key-refused'],
  judge(evidence) {
    const expected = 'a refused key is tried once more at most';
    const refused = refusedFor(evidence, 'unauthorized');
    if (refused.length === 0) return doesNotApply(expected, 'No submission was refused because of its key.');
    const most = Math.max(...refused.map((call) => triesOf(call, refused).length));
    return most <= 2
      ? kept(expected, most === 1 ? 'one try' : 'two tries')
      : broken(
          expected,
          `${most} tries`,
          refused.filter((call) => triesOf(call, refused).indexOf(call) > 1),
        );
  },
};
