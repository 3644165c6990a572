import { broken, type ClientCase, doesNotApply, kept } from '../../client-case.ts';
import { jobsIn } from '../../job.ts';
import { mostOf } from '../../once-per.ts';
import { refusedFor } from '../../questions.ts';
import { stillOpen } from '../../still-open.ts';

export const stopsWhenKeyIsRefused: ClientCase = {
  id: 'CLI-AUTH-03',
  group: 'Authentication',
  title: 'A refused key is tried at most once more',
  level: 'must',
  requirement: 'After an answer that refuses the key, the client submits the job at most once more.',
  why: 'The key does not become valid by itself, and some vendors lock accounts that keep trying.',
  remedy: 'Treat a refused key as final: stop, and report that the key was refused.',
  basis: ['key'],
  stimuli: ['key-refused'],
  judge(evidence) {
    const expected = 'a refused key is tried at most once more';
    const refused = refusedFor(evidence, 'unauthorized');
    const last = refused.at(-1);
    if (last === undefined) return doesNotApply(expected, 'No submission was refused because of its key.');
    const jobs = jobsIn(refused);
    const most = mostOf(jobs.map(({ length }) => length));
    if (most > 2) {
      const late = jobs.flatMap((tries) => tries.slice(2));
      return broken(expected, `${most} submissions of one job`, late);
    }
    const actual = most === 1 ? 'it was not tried again' : 'it was tried once more';
    return stillOpen(evidence, expected, last.atMs) ?? kept(expected, actual);
  },
};
