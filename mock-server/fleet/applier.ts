import type { ApplyCommand } from '../engine/apply-command.ts';
import type { Command, CommandOf } from '../engine/commands.ts';
import type { Journal } from '../journal/journal.ts';
import type { Barriers } from './barriers.ts';
import type { LoggedCommand } from './command-log.ts';
import type { Applied } from './command-sender.ts';
import type { FleetClock } from './fleet-clock.ts';
import type { FleetCourier } from './fleet-courier.ts';
import type { Numbering } from './numbering.ts';

/** Applies the commands of the log to the state of this replica. */
export interface Applier {
  /** Never throws: an error is the outcome of the command, in all replicas. */
  apply(logged: LoggedCommand): Applied;
  /** The move that the clock is in; null when it is in none. */
  readonly move: Move | null;
  /** Continues in the move of a snapshot. */
  load(move: Move | null): void;
}

export interface Move {
  readonly id: string;
  /** The replica that moves the clock. */
  readonly by: string;
}

export interface ApplierOptions {
  readonly numbering: Numbering;
  readonly clock: FleetClock;
  readonly attempts: Pick<FleetCourier, 'begin' | 'end'>;
  readonly barriers: Pick<Barriers, 'acknowledged'>;
  readonly applyClient: ApplyCommand;
  readonly journal: Pick<Journal, 'append'>;
  /** Called with a barrier that this replica has reached. */
  readonly onBarrier: (command: CommandOf<'barrier'>) => void;
}

export function createApplier(options: ApplierOptions): Applier {
  const { numbering, clock, attempts, barriers, applyClient, journal, onBarrier } = options;
  let move: Move | null = null;

  function beginMove({ move: id, by }: CommandOf<'begin-move'>): number | null {
    if (move !== null) return null;
    move = { id, by };
    return clock.beginMove();
  }

  function endMove({ move: id, to }: CommandOf<'end-move'>): unknown {
    if (move?.id !== id) return null;
    move = null;
    const moved = clock.endMove(to);
    if (moved !== null) journal.append({ type: 'clock.moved', ...moved });
    return moved;
  }

  function perform(command: Command): unknown {
    switch (command.type) {
      case 'tick':
        return undefined;
      case 'begin-move':
        return beginMove(command);
      case 'move':
        return move?.id === command.move ? clock.move(command.to) : undefined;
      case 'end-move':
        return endMove(command);
      case 'begin-attempt':
        return attempts.begin(command);
      case 'end-attempt':
        return attempts.end(command);
      case 'barrier':
        return onBarrier(command);
      case 'acknowledge':
        return barriers.acknowledged(command);
      case 'reset':
        move = null;
        return applyClient(command);
      default:
        return applyClient(command);
    }
  }

  function outcomeOf(run: () => unknown): Applied {
    try {
      return { type: 'done', value: run() };
    } catch (error) {
      return { type: 'failed', error };
    }
  }

  return {
    apply({ seq, wallAt, command }) {
      numbering.enter(seq);
      clock.enter(wallAt);
      const outcome = outcomeOf(() => perform(command));
      const left = outcomeOf(clock.leave);
      numbering.leave();
      return left.type === 'failed' ? left : outcome;
    },
    get move() {
      return move;
    },
    load(saved) {
      move = saved;
    },
  };
}
