import { setTimeout as delay } from 'node:timers/promises';
import type { MockParts } from './mock-parts.ts';

/** Whether this mock takes calls: before it has joined the others and while it closes, they should. */
export interface Presence {
  state: 'joining' | 'ready' | 'leaving';
  /** Why a load balancer should send no calls here; null when it may. */
  readonly absence: string | null;
  /** The id of this replica; null without a store. */
  readonly replica: string | null;
  /** The ids of all replicas. */
  readonly replicas: readonly string[];
  /** Resolves when load balancers have had time to notice that a replica leaves: after a time, with a store. */
  leave(noticeMs: number): Promise<void>;
}

const WHY = {
  joining: 'the mock has not joined the others yet',
  leaving: 'the mock is stopping',
} as const;

export function createPresence({ fleet }: Pick<MockParts, 'fleet'>): Presence {
  return {
    state: fleet === null ? 'ready' : 'joining',
    get absence() {
      return this.state === 'ready' ? (fleet?.trouble ?? null) : WHY[this.state];
    },
    get replica() {
      return fleet?.replica ?? null;
    },
    get replicas() {
      return fleet?.members ?? [];
    },
    async leave(noticeMs) {
      const wasReady = this.state === 'ready';
      this.state = 'leaving';
      if (fleet !== null && wasReady) await delay(noticeMs);
    },
  };
}
