import { PAGES } from '../../../pages.ts';
import { broken, type ClientCase, doesNotApply, kept } from '../../client-case.ts';
import type { ApiCall, TaskLife } from '../../evidence.ts';
import { submitsIn } from '../../questions.ts';

export const doesNotSubmitTwice: ClientCase = {
  id: 'CLI-CRE-04',
  group: 'Creating tasks',
  title: 'A job whose answer got lost is not submitted twice',
  level: 'should',
  requirement:
    'When the answer to a submission is lost or comes too late, the task exists all the same: no second one is made for the same job, or both carry the same idempotency key.',
  why: 'Each try is a task that is paid for.',
  remedy:
    'Do not retry submissions blindly: look for the task first, wait for its callback, or give the job up and say so.',
  sources: [PAGES.extend, PAGES.derived],
  stimuli: ['lost-answer', 'late-answer'],
  judge(evidence) {
    const expected = 'a job whose answer got lost is not submitted twice';
    const submits = submitsIn(evidence);
    const callOf = ({ id }: TaskLife): ApiCall | undefined =>
      submits.find(({ entry }) => entry.taskId === id);
    // One whose client had gone is not in the journal before its answer would have come.
    const unheard = evidence.tasks.filter((task) => (callOf(task)?.entry.status ?? null) === null);
    if (unheard.length === 0) return doesNotApply(expected, 'No answer to a submission got lost.');
    const again = unheard.flatMap((task) =>
      evidence.tasks.filter(
        (other) => other.seq > task.seq && sameJob(task, other) && !sharesToken(callOf(task), callOf(other)),
      ),
    );
    return again.length === 0
      ? kept(expected, 'one task for the job')
      : broken(expected, `${again.length + 1} tasks for the job`, again);
  },
};

const TOKEN_HEADERS = ['idempotency-key', 'x-idempotency-key', 'x-request-id'];

function sharesToken(a: ApiCall | undefined, b: ApiCall | undefined): boolean {
  return TOKEN_HEADERS.some((name) => {
    const token = b?.entry.headers[name];
    return token !== undefined && (a === undefined || token === a.entry.headers[name]);
  });
}

/** Equal but for what a client makes anew for each try: where its callback goes. */
function sameJob(a: TaskLife, b: TaskLife): boolean {
  const urls = [a, b].flatMap(({ plan }) => plan.callbacks.map(({ url }) => url));
  const bare = ({ plan }: TaskLife): string =>
    urls.reduce((text, url) => text.replaceAll(JSON.stringify(url), '""'), JSON.stringify(plan.request));
  return a.plan.operation === b.plan.operation && bare(a) === bare(b);
}
