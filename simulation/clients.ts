import { CodedError } from '../mock-server/core/coded-error.ts';
import type { Account } from '../mock-server/core/types.ts';
import type { ClientCommand } from '../mock-server/engine/commands.ts';
import { createChanges } from './changes.ts';
import type { Deed, Fate } from './deeds.ts';
import type { Report } from './invariants/violation.ts';
import type { Life, Lives } from './lives.ts';
import type { Replica } from './replica.ts';
import type { Schedule } from './schedule.ts';
import { createTaskCalls } from './task-calls.ts';
import type { Submission } from './vendor-calls.ts';

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

export function createClients(options: ClientsOptions): Clients {
  const { schedule, lives, report } = options;
  const changes = createChanges(schedule);
  const { submit, poll } = createTaskCalls({ ...options, changes });

  async function run(replica: Replica, command: ClientCommand): Promise<unknown> {
    try {
      return await replica.commands.run(command);
    } catch (error) {
      if (!(error instanceof CodedError)) report('sound', `${command.type}: ${String(error)}`);
      throw error;
    }
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
    const { taskId, account, submission } = life;
    if (deed.type === 'poll') return poll(life, replica);
    if (deed.type === 'redeliver') return run(replica, { type: 'redeliver', taskId });
    if (deed.type === 'amend') {
      return change(() => run(replica, { type: 'amend', taskId, outcome: deed.outcome })).then(() =>
        lives.ended(life),
      );
    }
    const operation = submission[deed.type];
    if (operation === null) return Promise.resolve();
    lives.removing(taskId);
    const pack = submission.pack.name;
    const asked = { taskId, account, parts: { query: {}, headers: {}, pathParams: {} } };
    return change(() => run(replica, { type: deed.type, pack, operation: operation.id, ...asked }));
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
