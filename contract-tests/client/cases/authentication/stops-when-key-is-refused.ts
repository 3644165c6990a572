import { broken, type ClientCase, doesNotApply, kept } from '../../client-case.ts';
import { jobsIn } from '../../job.ts';
import { mostOf } from '../../once-per.ts';
import { refusedFor } from '../../questions.ts';
import { stillOpen } from '../../still-open.ts';

export const stopsWhenKeyIsRefused: ClientCase = {
  id: 'CLI-AUTH-03',
  group: 'Authentication',
  title: 'The client retries at most once after its key is rejected',
  level: 'must',
  requirement: 'After a response that rejects the key, the client MUST submit the job at most once more.',
  why: 'Retrying cannot make the key valid, and some vendors lock accounts after repeated attempts.',
  remedy: 'Treat a rejected key as a permanent error: stop, and report it.',
  sources: [PAGES.detail],
  stimuli: ['key-refused'],
  judge(evidence) {
    const rejected = refusedFor(evidence, 'unauthorized');
    const last = rejected.at(-1);
    if (last === undefined) return doesNotApply('No submission was rejected because of its key.');
    const jobs = jobsIn(rejected);
    const most = mostOf(jobs.map(({ length }) => length));
    if (most > 2) {
      const late = jobs.flatMap((attempts) => attempts.slice(2));
      return broken(`the same job was submitted ${most} times`, late);
    }
    const actual = most === 1 ? 'the job was not submitted again' : 'the job was submitted once more';
    return stillOpen(evidence, last.atMs) ?? kept(actual);
  },
};
