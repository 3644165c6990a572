import { CodedError } from './core/coded-error.ts';
import type { Fleet } from './fleet/fleet.ts';

/**
 * Refuses a call that returns at once, because a change of state that replicas share takes time.
 * @throws {CodedError} OPTION_INVALID with the option `store`
 */
export function refuseInFleet(fleet: Fleet | null, call: string, path: string): void {
  if (fleet === null) return;
  throw new CodedError(
    'OPTION_INVALID',
    `${call} cannot be used with the option store, because other replicas have to agree`,
    `Use the admin API: ${path}.`,
  );
}
