import type { ClientCommand, Commands, Outcomes } from '../engine/commands.ts';
import type { Secrets } from '../journal/secrets.ts';
import type { CommandSender } from './command-sender.ts';
import type { Observations } from './observations.ts';
import type { Membership } from './store.ts';
import { writtenCommand } from './written-command.ts';

/** Changes after which no replica may answer from an earlier state. */
const EVERYWHERE: ReadonlySet<ClientCommand['type']> = new Set<ClientCommand['type']>([
  ...(['cancel', 'delete', 'amend', 'redeliver', 'endpoint', 'upload'] as const),
  ...(['enqueue', 'clear-scenarios', 'clear-journal', 'reset'] as const),
]);

/** The commands of a replica that has joined. */
export interface FleetCommands extends Commands {
  /** Adds the observations that are in the log to the journal. */
  pull(): Promise<void>;
}

export interface FleetCommandsOptions {
  readonly membership: Pick<Membership, 'log' | 'members'>;
  readonly base: { readonly secrets: Secrets; readonly observations: Pick<Observations, 'pull'> };
  readonly sender: Pick<CommandSender, 'send'>;
  readonly barriers: { pass(): Promise<void> };
  readonly move: (targetFrom: (from: number) => number) => Promise<void>;
}

export function createFleetCommands(options: FleetCommandsOptions): FleetCommands {
  const { membership, base, sender, barriers, move } = options;
  const { log, members } = membership;

  async function pull(): Promise<void> {
    await base.observations.pull(await log.caughtUp());
  }

  async function moveEverywhere(targetFrom: (from: number) => number): Promise<void> {
    await move(targetFrom);
    await barriers.pass();
  }

  async function caughtUp(): Promise<void> {
    await log.caughtUp();
  }

  return {
    isShared: true,
    async run<Wanted extends ClientCommand>(command: Wanted): Promise<Outcomes[Wanted['type']]> {
      const outcome = await sender.send(writtenCommand(command, base.secrets));
      if (EVERYWHERE.has(command.type)) await barriers.pass();
      return outcome;
    },
    advance: (durationMs) => moveEverywhere((from) => from + durationMs),
    moveTo: (at) => moveEverywhere(() => at),
    current: () => (members.isCurrent ? null : caughtUp()),
    caughtUp,
    async gathered() {
      await barriers.pass();
      await pull();
    },
    pull,
  };
}
