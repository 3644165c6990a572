import type { IncomingMessage } from 'node:http';
import { createRandom } from '../../core/random.ts';

/** The ids of calls, which answers can repeat. They depend on the seed and on the calls before them. */
export interface CallIds {
  /** Returns the id of a call, which is always the same. */
  of(request: IncomingMessage): string;
}

/** @param last the number of the newest journal entry, so that ids are not repeated after a restart */
export function createCallIds(seed: number | string, last: () => number): CallIds {
  const ids = new WeakMap<IncomingMessage, string>();
  let count = 0;
  return {
    of(request) {
      let id = ids.get(request);
      if (id === undefined) {
        count += 1;
        id = createRandom(`${seed} call ${last()} ${count}`).id('uuid');
        ids.set(request, id);
      }
      return id;
    },
  };
}
