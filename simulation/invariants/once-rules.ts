import type { OpenEntry } from '../../mock-server/journal/unpack-entry.ts';
import type { Report } from './violation.ts';

/** Checks that nothing has its effect more often than was asked for. */
export interface OnceRules {
  apply(entry: OpenEntry): void;
}

const EVERYONE = '*';

/** @param callOf returns the call that a task comes from */
export function createOnceRules(
  report: Report,
  callOf: (entry: Extract<OpenEntry, { type: 'task.submitted' }>) => string,
): OnceRules {
  const calls = new Set<string>();
  const announced = new Map<string, number>();
  /** What is left of the queued scenarios, by scenario and account. */
  const queued = new Map<string, number>();
  const keyOf = (scenario: string, account: string | null): string => `${account ?? EVERYONE} ${scenario}`;

  function take(scenario: string, account: string): void {
    for (const key of [keyOf(scenario, account), keyOf(scenario, null)]) {
      const left = queued.get(key) ?? 0;
      if (left === 0) continue;
      queued.set(key, left - 1);
      return;
    }
    report('once', `the scenario ${scenario} was used more often than it was queued`);
  }

  function clear(account: string | null): void {
    for (const key of queued.keys())
      if (account === null || key.startsWith(`${account} `)) queued.delete(key);
  }

  return {
    apply(entry) {
      switch (entry.type) {
        case 'task.submitted': {
          const call = callOf(entry);
          if (calls.has(call)) report('once', `the call ${call} made two tasks`);
          calls.add(call);
          announced.set(entry.taskId, 1);
          return;
        }
        case 'task.amended':
          announced.delete(entry.taskId);
          return;
        case 'task.changed': {
          const before = announced.get(entry.taskId);
          if (before !== undefined && entry.index !== before)
            report('forward', `${entry.taskId} went from step ${before - 1} to step ${entry.index}`);
          announced.set(entry.taskId, entry.index + 1);
          return;
        }
        case 'scenario.queued': {
          const key = keyOf(entry.scenario, entry.account);
          queued.set(key, (queued.get(key) ?? 0) + entry.times);
          return;
        }
        case 'scenario.taken':
          return take(entry.scenario, entry.account);
        case 'scenario.cleared':
          return clear(entry.account);
        case 'server.reset':
          return queued.clear();
      }
    },
  };
}
