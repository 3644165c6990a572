import { broken, type ClientCase, doesNotApply, kept } from '../../client-case.ts';
import type { ApiCall, Evidence, TaskLife } from '../../evidence.ts';
import { jobOfTask } from '../../job.ts';
import { submitOf } from '../../questions.ts';
import { stillOpen } from '../../still-open.ts';
import { sdkOf } from '../../vendor-sdk.ts';

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
  basis: ['errorCodes'],
  stimuli: ['lost-answer', 'late-answer'],
  judge(evidence) {
    const expected = 'a job whose answer was lost is not submitted again';
    const callOf = (task: TaskLife): ApiCall | undefined => submitOf(evidence, task);
    // A call whose client had gone is not in the journal before its answer would have come.
    const lost = evidence.tasks.filter((task) => (callOf(task)?.entry.status ?? null) === null);
    const last = lost.at(-1);
    if (last === undefined) return doesNotApply(expected, 'No answer to a submission was lost.');
    const again = repeatsOf(lost, evidence);
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
  return call.isRetryOfSdk
    ? `; ${sdk} repeated the request by itself: its maxRetries is the application's choice`
    : `; both were sent by ${sdk}`;
}

/** The tasks that were created for the job of one of these, after it and without its idempotency key. */
function repeatsOf(lost: readonly TaskLife[], evidence: Evidence): TaskLife[] {
  const isLost = new Set(lost);
  const earlier = new Map<string, LostCalls>();
  return evidence.tasks.filter((task) => {
    const job = jobOfTask(evidence.pack, task.plan);
    const call = submitOf(evidence, task);
    const before = earlier.get(job);
    const isRepeat = before?.haveOneWithoutTokensOf(call) ?? false;
    if (isLost.has(task)) {
      const calls = before ?? createLostCalls();
      calls.add(call);
      earlier.set(job, calls);
    }
    return isRepeat;
  });
}

const TOKEN_HEADERS = ['idempotency-key', 'x-idempotency-key', 'x-request-id'];

/** The calls of one job whose answers were lost, counted by their tokens so that none is compared with every other. */
interface LostCalls {
  /** @param call undefined when the journal does not have it: then any token of another may have been its token */
  add(call: ApiCall | undefined): void;
  /** Whether one of them shares no idempotency key with this call. */
  haveOneWithoutTokensOf(call: ApiCall | undefined): boolean;
}

function createLostCalls(): LostCalls {
  /** How many calls have these tokens together, by the tokens. */
  const counts = new Map<string, number>();
  let seen = 0;
  let unseen = 0;
  return {
    add(call) {
      if (call === undefined) {
        unseen += 1;
        return;
      }
      seen += 1;
      for (const key of combinations(tokensOf(call))) counts.set(key, (counts.get(key) ?? 0) + 1);
    },
    haveOneWithoutTokensOf(call) {
      const tokens = call === undefined ? [] : tokensOf(call);
      if (tokens.length === 0) return seen + unseen > 0;
      // Inclusion and exclusion: those that share one, less those that share two, plus those that share three.
      let sharing = 0;
      for (const key of combinations(tokens)) {
        const sign = JSON.parse(key).length % 2 === 1 ? 1 : -1;
        sharing += sign * (counts.get(key) ?? 0);
      }
      return seen > sharing;
    },
  };
}

/** Each as "header: value". */
function tokensOf({ entry: { headers } }: ApiCall): string[] {
  return TOKEN_HEADERS.flatMap((name) => (headers[name] === undefined ? [] : [`${name}: ${headers[name]}`]));
}

/** Every choice of at least one of these tokens, as text. */
function combinations(tokens: readonly string[]): string[] {
  const choices: string[][] = [];
  for (const token of tokens) {
    for (const choice of [...choices]) choices.push([...choice, token]);
    choices.push([token]);
  }
  return choices.map((choice) => JSON.stringify(choice));
}
