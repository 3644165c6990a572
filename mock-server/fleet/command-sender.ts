import type { Command, Outcomes } from '../engine/commands.ts';
import type { CommandLog } from './command-log.ts';

/** Sends a command to all replicas. Resolves with its outcome when it is applied here. */
export type Send = <Wanted extends Command>(command: Wanted) => Promise<Outcomes[Wanted['type']]>;

/** Sends the commands of this replica, and waits until they are applied here. */
export interface CommandSender {
  readonly send: Send;
  /** Settles the command with this number. */
  settle(n: number, outcome: Applied): void;
  /** Rejects all commands that are not applied yet. */
  close(error: Error): void;
}

export type Applied =
  | { readonly type: 'done'; readonly value: unknown }
  | { readonly type: 'failed'; readonly error: unknown };

export function createCommandSender(log: Pick<CommandLog, 'append'>): CommandSender {
  const waiting = new Map<number, (outcome: Applied) => void>();
  let sent = 0;

  function settle(n: number, outcome: Applied): void {
    waiting.get(n)?.(outcome);
    waiting.delete(n);
  }

  return {
    send: <Wanted extends Command>(command: Wanted) =>
      new Promise<Outcomes[Wanted['type']]>((resolve, reject) => {
        sent += 1;
        const n = sent;
        waiting.set(n, (outcome) => {
          if (outcome.type === 'failed') reject(outcome.error);
          else resolve(outcome.value as Outcomes[Wanted['type']]);
        });
        log.append(n, command).catch((error: unknown) => settle(n, { type: 'failed', error }));
      }),
    settle,
    close(error) {
      for (const n of [...waiting.keys()]) settle(n, { type: 'failed', error });
    },
  };
}
