import { PAGES } from '../../../pages.ts';
import { broken, type ClientCase, doesNotApply, kept } from '../../client-case.ts';
import type { ApiCall, TaskLife } from '../../evidence.ts';
import { jobOfTask } from '../../job.ts';
import { submitsIn } from '../../questions.ts';
import { stillOpen } from '../../still-open.ts';
import { isRetryOfSdk, sdkOf } from '../../vendor-sdk.ts';

export const doesNotSubmitTwice: ClientCase = {
  id: 'CLI-CRE-04',
  group: 'Creating tasks',
  title: 'A job whose answer was lost is not submitted again',
  level: 'should',
  requirement:
    'When the answer to a submission is lost or comes too late, the task exists all the same: no second task is created for the job, unless both submissions carry the same idempotency key. References and random numbers that change with each attempt do not make another job of it. Retries of an SDK count: the application chooses them.',
  why: 'Each submission creates a task, and each task is paid for.',
  remedy:
    'Do not retry submissions blindly: look for the task first, wait for its callback, or fail the job. With an SDK, switch its retries off for submissions (maxRetries: 0).',
  sources: [PAGES.extend, PAGES.derived],
  stimuli: ['lost-answer', 'late-answer'],
  judge(evidence) {
    const expected = 'a job whose answer was lost is not submitted again';
    const submits = submitsIn(evidence);
    const callOf = ({ id }: TaskLife): ApiCall | undefined =>
      submits.find(({ entry }) => entry.taskId === id);
    // A call whose client had gone is not in the journal before its answer would have come.
    const lost = evidence.tasks.filter((task) => (callOf(task)?.entry.status ?? null) === null);
    const last = lost.at(-1);
    if (last === undefined) return doesNotApply(expected, 'No answer to a submission was lost.');
    const jobOf = ({ plan }: TaskLife): string => jobOfTask(evidence.pack, plan);
    const again = evidence.tasks.filter((other) =>
      lost.some(
        (task) =>
          other.seq > task.seq && jobOf(other) === jobOf(task) && !sharesToken(callOf(task), callOf(other)),
      ),
    );
    const [repeat] = again;
    if (repeat !== undefined) {
      const actual = `${again.length + 1} tasks for the job${whose(callOf(repeat))}`;
      return broken(expected, actual, [...lost, ...again]);
    }
    return stillOpen(evidence, expected, last.atMs) ?? kept(expected, 'one task for the job');
  },
};

function whose(call: ApiCall | undefined): string {
  const sdk = sdkOf(call);
  if (sdk === null || call === undefined) return '';
  return isRetryOfSdk(call)
    ? `; ${sdk} repeated the request by itself: its maxRetries is the application's choice`
    : `; both were sent by ${sdk}`;
}

const TOKEN_HEADERS = ['idempotency-key', 'x-idempotency-key', 'x-request-id'];

function sharesToken(a: ApiCall | undefined, b: ApiCall | undefined): boolean {
  return TOKEN_HEADERS.some((name) => {
    const token = b?.entry.headers[name];
    return token !== undefined && (a === undefined || token === a.entry.headers[name]);
  });
}
