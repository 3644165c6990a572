import { PAGES } from '../../../pages.ts';
import { broken, type ClientCase, doesNotApply, kept } from '../../client-case.ts';
import type { ApiCall } from '../../evidence.ts';
import { jobOf, submitsIn } from '../../questions.ts';

export const doesNotSubmitTwice: ClientCase = {
  id: 'CLI-CRE-04',
  group: 'Creating tasks',
  title: 'A job whose answer got lost is not submitted twice',
  level: 'should',
  requirement:
    'When the answer to a submission is lost, the task may exist all the same: no second one is made for the same job, or both carry the same idempotency key.',
  why: 'Each try is a task that is paid for.',
  remedy:
    'Do not retry submissions blindly: look for the task first, wait for its callback, or give the job up and say so.',
  sources: [PAGES.extend, PAGES.derived],
  stimuli: ['lost-answer'],
  judge(evidence) {
    const expected = 'a job whose answer got lost is not submitted twice';
    const lost = submitsIn(evidence).filter(({ entry }) => entry.status === null && entry.taskId !== null);
    if (lost.length === 0) return doesNotApply(expected, 'No answer to a submission got lost.');
    const again = lost.flatMap((call) =>
      submitsIn(evidence).filter(
        (later) =>
          later.seq > call.seq &&
          later.entry.taskId !== null &&
          jobOf(later) === jobOf(call) &&
          !sharesToken(call, later),
      ),
    );
    return again.length === 0
      ? kept(expected, 'one task for the job')
      : broken(expected, `${again.length + 1} tasks for the job`, again);
  },
};

const TOKEN_HEADERS = ['idempotency-key', 'x-idempotency-key', 'x-request-id'];

function sharesToken(a: ApiCall, b: ApiCall): boolean {
  return TOKEN_HEADERS.some((name) => {
    const token = a.entry.headers[name];
    return token !== undefined && token === b.entry.headers[name];
  });
}
