import { type ClientCase, failed, notApplicable, passed } from '../../client-case.ts';
import type { ApiCall, Evidence, TaskLife } from '../../evidence.ts';
import { submitOf } from '../../evidence-queries.ts';
import { jobOfTask } from '../../job.ts';
import { stillOpen } from '../../still-open.ts';
import { sdkOf } from '../../vendor-sdk.ts';

export const doesNotResubmitAfterLostResponse: ClientCase = {
  id: 'CLI-CRE-04',
  group: 'Creating tasks',
  title: 'A job is not resubmitted when the response to its submission is lost',
  level: 'should',
  requirement:
    'When the response to a submission is lost or late, the client SHOULD NOT create a second task for the job, unless both submissions have the same idempotency key. Submissions that differ only in references, seeds or random ids count as the same job. Retries by an SDK count, because the application configures them.',
  why: 'The vendor has created a task even though its response was lost. A second submission creates, and bills, another one.',
  remedy:
    'Do not retry submissions automatically: look up the task first, wait for its callback, or fail the job. With an SDK, disable its retries for submissions (maxRetries: 0).',
  basis: [
    {
      derived:
        'A submission creates a task even when its response is lost; POST is not idempotent (RFC 9110, section 9.2.2).',
    },
  ],
  stimuli: ['lost-answer', 'late-answer'],
  judge(evidence) {
    const callOf = (task: TaskLife): ApiCall | undefined => submitOf(evidence, task);
    // When the client has disconnected, its call enters the journal only once the response is due.
    const lost = evidence.tasks.filter((task) => (callOf(task)?.entry.status ?? null) === null);
    const last = lost.at(-1);
    if (last === undefined) return notApplicable('No response to a submission was lost.');
    const again = repeatsOf(lost, evidence);
    const [repeat] = again;
    if (repeat !== undefined) {
      const actual = `${again.length + 1} tasks were created for the job${senderOf(callOf(repeat))}`;
      return failed(actual, [...lost, ...again]);
    }
    return stillOpen(evidence, last.atMs) ?? passed('one task was created for the job');
  },
};

function senderOf(call: ApiCall | undefined): string {
  const sdk = sdkOf(call);
  if (sdk === null || call === undefined) return '';
  return call.isRetryOfSdk
    ? `; ${sdk} retried the request automatically (see its maxRetries option)`
    : `; ${sdk} sent the requests`;
}

/** Returns the tasks that repeat the job of an earlier lost task with a different idempotency key, or without one. */
function repeatsOf(lost: readonly TaskLife[], evidence: Evidence): TaskLife[] {
  const isLost = new Set(lost);
  const earlier = new Map<string, LostCalls>();
  return evidence.tasks.filter((task) => {
    const job = jobOfTask(evidence.pack, task.plan);
    const call = submitOf(evidence, task);
    const before = earlier.get(job);
    const isRepeat = before?.hasCallWithoutTokensOf(call) ?? false;
    if (isLost.has(task)) {
      const calls = before ?? createLostCalls();
      calls.add(call);
      earlier.set(job, calls);
    }
    return isRepeat;
  });
}

const TOKEN_HEADERS = ['idempotency-key', 'x-idempotency-key', 'x-request-id'];

/** The calls of one job whose responses were lost, counted by token so that no call is compared with every other. */
interface LostCalls {
  /** @param call undefined when it is not in the journal; it may then have had any token */
  add(call: ApiCall | undefined): void;
  /** Whether at least one of the calls does not share an idempotency key with this one. */
  hasCallWithoutTokensOf(call: ApiCall | undefined): boolean;
}

function createLostCalls(): LostCalls {
  /** Number of calls that have all of these tokens, by combination of tokens. */
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
    hasCallWithoutTokensOf(call) {
      const tokens = call === undefined ? [] : tokensOf(call);
      if (tokens.length === 0) return seen + unseen > 0;
      // Inclusion-exclusion: calls that share one token, minus those that share two, plus those that share three.
      let sharing = 0;
      for (const key of combinations(tokens)) {
        const sign = JSON.parse(key).length % 2 === 1 ? 1 : -1;
        sharing += sign * (counts.get(key) ?? 0);
      }
      return seen > sharing;
    },
  };
}

/** Returns the idempotency keys of a call, each as "header: value". */
function tokensOf({ entry: { headers } }: ApiCall): string[] {
  return TOKEN_HEADERS.flatMap((name) => (headers[name] === undefined ? [] : [`${name}: ${headers[name]}`]));
}

/** Returns every non-empty combination of the tokens, as text. */
function combinations(tokens: readonly string[]): string[] {
  const choices: string[][] = [];
  for (const token of tokens) {
    for (const choice of [...choices]) choices.push([...choice, token]);
    choices.push([token]);
  }
  return choices.map((choice) => JSON.stringify(choice));
}
