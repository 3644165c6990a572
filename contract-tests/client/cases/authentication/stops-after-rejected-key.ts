import { mostOf } from '../../cached.ts';
import { type ClientCase, failed, notApplicable, passed } from '../../client-case.ts';
import { rejectedFor } from '../../evidence-queries.ts';
import { jobsIn } from '../../job.ts';
import { textWithCode } from '../../pack-text.ts';
import { stillOpen } from '../../still-open.ts';

export const stopsAfterRejectedKey: ClientCase = {
  id: 'CLI-AUTH-03',
  group: 'Authentication',
  title: 'The client retries at most once after its key is rejected',
  level: 'must',
  requirement: textWithCode(
    'an error that rejects the key',
    'unauthorized',
    (error) => `After ${error}, the client MUST submit the job at most once more.`,
  ),
  why: 'Retrying cannot make the key valid, and some vendors lock accounts after repeated attempts.',
  remedy: 'Treat a rejected key as a permanent error: stop, and report it.',
  basis: ['key', { derived: 'Retrying cannot make a rejected key valid.' }],
  stimuli: ['key-refused'],
  judge(evidence) {
    const rejected = rejectedFor(evidence, 'unauthorized');
    const last = rejected.at(-1);
    if (last === undefined) return notApplicable('No submission was rejected because of its key.');
    const jobs = jobsIn(rejected);
    const most = mostOf(jobs.map(({ length }) => length));
    if (most > 2) {
      const late = jobs.flatMap((attempts) => attempts.slice(2));
      return failed(`the same job was submitted ${most} times`, late);
    }
    const actual = most === 1 ? 'the job was not submitted again' : 'the job was submitted once more';
    return stillOpen(evidence, last.atMs) ?? passed(actual);
  },
};
