import { randomUUID } from 'node:crypto';
import type { Command, CommandOf } from '../engine/commands.ts';
import type { Members } from './members.ts';

/** Waits until all live replicas have applied everything before a moment. */
export interface Barriers {
  /** Resolves when every replica whose lease has not ended has acknowledged. @throws {CodedError} STORE_UNREACHABLE */
  pass(): Promise<void>;
  /** Applies the acknowledgment of a replica. */
  acknowledged(command: CommandOf<'acknowledge'>): void;
}

export interface BarriersOptions {
  readonly members: Pick<Members, 'live'>;
  readonly send: (command: Command) => Promise<unknown>;
  /** Waits before it is checked whether a replica that has not acknowledged is still alive. */
  readonly pause: () => Promise<void>;
}

interface Barrier {
  readonly missing: Set<string>;
  readonly pass: () => void;
}

export function createBarriers({ members, send, pause }: BarriersOptions): Barriers {
  const open = new Map<string, Barrier>();

  /** A replica that died does not acknowledge, and must catch up if it returns. */
  async function dropDead({ missing, pass }: Barrier): Promise<void> {
    const live = new Set(await members.live());
    for (const replica of missing) if (!live.has(replica)) missing.delete(replica);
    if (missing.size === 0) pass();
  }

  return {
    async pass() {
      const id = randomUUID();
      const replicas = await members.live();
      if (replicas.length === 0) return;
      let isOver = false;
      const passed = new Promise<void>((resolve) => {
        const pass = (): void => {
          isOver = true;
          resolve();
        };
        open.set(id, { missing: new Set(replicas), pass });
      });
      try {
        await send({ type: 'barrier', id, replicas });
        while (!isOver) {
          await Promise.race([passed, pause()]);
          const barrier = open.get(id);
          if (!isOver && barrier !== undefined) await dropDead(barrier);
        }
      } finally {
        open.delete(id);
      }
    },
    acknowledged({ barrier: id, by }) {
      const barrier = open.get(id);
      barrier?.missing.delete(by);
      if (barrier?.missing.size === 0) barrier.pass();
    },
  };
}
