import type { Account } from '../mock-server/core/types.ts';
import type { Changes } from './changes.ts';
import type { ClientDeed } from './deeds.ts';
import type { Report } from './invariants/violation.ts';
import type { Life, Lives } from './lives.ts';
import type { Replica } from './replica.ts';
import { createPoll, type Polled, type Submission } from './vendor-calls.ts';

/** The calls of clients whose answers are checked. */
export interface TaskCalls {
  submit(deed: Extract<ClientDeed, { type: 'submit' }>, replica: Replica): Promise<void>;
  poll(life: Life, replica: Replica): Promise<void>;
}

export interface TaskCallsOptions {
  readonly lives: Lives;
  readonly submissions: readonly Submission[];
  readonly report: Report;
  readonly changes: Changes;
}

const RECEIVERS = 12;

export function createTaskCalls({ lives, submissions, report, changes }: TaskCallsOptions): TaskCalls {
  const polls = new WeakMap<Replica, ReturnType<typeof createPoll>>();

  async function submit(deed: Extract<ClientDeed, { type: 'submit' }>, replica: Replica): Promise<void> {
    const submission = submissions[deed.operation % submissions.length];
    if (submission === undefined) throw new Error('no pack has a submission');
    const account = `key-${deed.account}` as Account;
    const request = submission.request(`http://receiver.test/${deed.call % RECEIVERS}`);
    const { resets } = lives;
    const outcome = await replica.commands.run({
      ...{ type: 'submit', pack: submission.pack.name, operation: submission.operation.id, account },
      ...{ request, bodyText: JSON.stringify(request), pathParams: null },
      ...{ parts: { query: {}, headers: {}, pathParams: {} }, isCall: true },
      ...{ scenario: deed.scenario, origin: `http://media.test/${deed.call}` },
    });
    if (outcome.type !== 'accepted') return;
    lives.answered(deed.call, { taskId: outcome.task.plan.taskId, account, submission }, resets);
  }

  async function poll(life: Life, replica: Replica): Promise<void> {
    const { taskId, account, submission, floor } = life;
    const poll = polls.get(replica) ?? createPoll(replica);
    polls.set(replica, poll);
    // A task that is not visible yet is unknown to its clients. A replica that has just started may still have the time of
    // before a reset, so the time counts before and after the poll.
    const isVisible = (): boolean => !life.mayBeGone && replica.fleet.clock.now() >= life.plan.visibleAt;
    const isExpected = isVisible();
    const before = changes.count;
    const polled: Polled = await poll({ submission, taskId, account });
    if (polled.type === 'unknown' && isExpected && isVisible())
      report('found', `${replica.fleet.replica} does not know ${taskId}`);
    if (polled.type === 'found' && polled.state !== null)
      lives.saw(life, polled.state, floor, !changes.isOpen && changes.count === before);
  }

  return { submit, poll };
}
