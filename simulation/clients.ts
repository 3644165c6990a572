import { CodedError } from '../mock-server/core/coded-error.ts';
import type { Account } from '../mock-server/core/types.ts';
import type { ClientCommand } from '../mock-server/engine/commands.ts';
import type { Deed, Fate } from './deeds.ts';
import type { Report } from './invariants/violation.ts';
import type { Life, Lives } from './lives.ts';
import type { Replica } from './replica.ts';
import type { Schedule } from './schedule.ts';
import { createPoll, type Polled, type Submission } from './vendor-calls.ts';

type Act = Exclude<Deed, Fate>;

/** The clients and operators of a simulated fleet. */
export interface Clients {
  /** Sends the calls of a deed to a replica. Nobody waits for the answer. */
  perform(deed: Act, replica: Replica): void;
  /** The calls that live replicas have not answered yet. */
  open(): readonly string[];
}

export interface ClientsOptions {
  readonly schedule: Schedule;
  readonly lives: Lives;
  readonly submissions: readonly Submission[];
  readonly report: Report;
}

const RECEIVERS = 12;
/** A change that was not answered may still be applied for this long, and not everywhere at once. */
const UNSETTLED_MS = 8_000;

export function createClients(options: ClientsOptions): Clients {
  const { schedule, lives, submissions, report } = options;
  const polls = new WeakMap<Replica, ReturnType<typeof createPoll>>();
  const changes = createChanges(schedule);

  async function run(replica: Replica, command: ClientCommand): Promise<unknown> {
    try {
      return await replica.commands.run(command);
    } catch (error) {
      if (!(error instanceof CodedError)) report('sound', `${command.type}: ${String(error)}`);
      throw error;
    }
  }

  async function submit(deed: Extract<Act, { type: 'submit' }>, replica: Replica): Promise<void> {
    const submission = submissions[deed.operation % submissions.length];
    if (submission === undefined) throw new Error('no pack has a submission');
    const account = `key-${deed.account}` as Account;
    const request = submission.request(`http://receiver.test/${deed.call % RECEIVERS}`);
    const { resets } = lives;
    const outcome = await replica.commands.run({
      ...{ type: 'submit', pack: submission.pack.name, operation: submission.operation.id, account },
      ...{ request, bodyText: JSON.stringify(request), pathParams: null },
      ...{ scenario: deed.scenario, origin: `http://media.test/${deed.call}` },
    });
    if (outcome.type !== 'accepted') return;
    lives.answered(deed.call, { taskId: outcome.task.plan.taskId, account, submission }, resets);
  }

  async function poll(life: Life, replica: Replica): Promise<void> {
    const { taskId, account, submission, floor } = life;
    const poll = polls.get(replica) ?? createPoll(replica);
    polls.set(replica, poll);
    // A task that is not visible yet is unknown to its clients.
    const isExpected = !life.mayBeGone && replica.fleet.clock.now() >= life.plan.visibleAt;
    const before = changes.count;
    const polled: Polled = await poll({ submission, taskId, account });
    if (polled.type === 'unknown' && isExpected && !life.mayBeGone)
      report('found', `${replica.fleet.replica} does not know ${taskId}`);
    if (polled.type === 'found' && polled.state !== null)
      lives.saw(life, polled.state, floor, !changes.isOpen && changes.count === before);
  }

  /** Runs a change that is not settled everywhere before it is answered. */
  function change(run: () => Promise<unknown>): Promise<unknown> {
    return changes.during(run);
  }

  function perform(deed: Act, replica: Replica): Promise<unknown> {
    switch (deed.type) {
      case 'submit':
        return submit(deed, replica);
      case 'enqueue': {
        const { scenario, times } = deed;
        const account = deed.account === null ? null : (`key-${deed.account}` as Account);
        return run(replica, { type: 'enqueue', scenario, times, account });
      }
      case 'clear-scenarios':
        return run(replica, { type: 'clear-scenarios', account: null });
      case 'clear-journal':
        return run(replica, { type: 'clear-journal' });
      case 'reset':
        lives.reset();
        return change(() => run(replica, { type: 'reset' }));
      case 'advance':
        return change(() => replica.commands.advance(deed.durationMs));
      default: {
        const life = lives.of(deed.call);
        if (life === undefined) return Promise.resolve();
        return performOn(deed, life, replica);
      }
    }
  }

  function performOn(
    deed: Extract<Act, { type: 'poll' | 'cancel' | 'delete' | 'amend' | 'redeliver' }>,
    life: Life,
    replica: Replica,
  ): Promise<unknown> {
    const { taskId, submission } = life;
    if (deed.type === 'poll') return poll(life, replica);
    if (deed.type === 'redeliver') return run(replica, { type: 'redeliver', taskId });
    if (deed.type === 'amend') {
      return change(() => run(replica, { type: 'amend', taskId, outcome: deed.outcome }));
    }
    const operation = submission[deed.type];
    if (operation === null) return Promise.resolve();
    lives.removing(taskId);
    const pack = submission.pack.name;
    return change(() => run(replica, { type: deed.type, pack, operation: operation.id, taskId }));
  }

  const open = new Map<Deed, Replica>();

  return {
    perform(deed, replica) {
      open.set(deed, replica);
      // Clients expect refusals, and those that get no answer do not try again.
      perform(deed, replica)
        .catch((error: unknown) => {
          if (!(error instanceof CodedError)) report('sound', `${deed.type}: ${String(error)}`);
        })
        .finally(() => open.delete(deed));
    },
    open: () => [...open].filter(([, { host }]) => host.isAlive).map(([{ type }]) => type),
  };
}

/** The changes that replicas may show at different times. */
function createChanges(schedule: Schedule) {
  let open = 0;
  let count = 0;
  return {
    get isOpen() {
      return open > 0;
    },
    /** The number of changes that have begun. */
    get count() {
      return count;
    },
    async during(run: () => Promise<unknown>): Promise<unknown> {
      open += 1;
      count += 1;
      let isOver = false;
      const end = (): void => {
        if (!isOver) open -= 1;
        isOver = true;
      };
      schedule.after(UNSETTLED_MS, end);
      const outcome = await run();
      end();
      return outcome;
    },
  };
}
