import type { Plan, Slot } from '../../mock-server/core/types.ts';
import type { OpenEntry } from '../../mock-server/journal/unpack-entry.ts';
import type { Report } from './violation.ts';

export interface Limits {
  /** Slots per account; null without a limit. */
  readonly slots: number | null;
  /** The window of submissions per account and pack; null without a limit. */
  readonly windowOf: (pack: string) => { readonly submissions: number; readonly perMs: number } | null;
}

/** Checks slots and windows from the plans alone. */
export interface LimitRules {
  apply(entry: OpenEntry): void;
}

export function createLimitRules({ slots, windowOf }: Limits, report: Report): LimitRules {
  const windows = new Map<string, number[]>();
  const taken = new Map<string, Map<string, Slot>>();
  const accounts = new Map<string, string>();
  /** An account whose slots have changed: one command may change several, so they are checked after it. */
  let changed: string | null = null;

  function count({ account, pack }: Plan, at: number): void {
    const window = windowOf(pack);
    if (window === null) return;
    const key = `${account} ${pack}`;
    const times = (windows.get(key) ?? []).filter((time) => time > at - window.perMs);
    times.push(at);
    windows.set(key, times);
    if (times.length > window.submissions)
      report('limits', `${times.length} submissions in a window of ${window.submissions}`);
  }

  function take({ taskId, account, slot }: Plan, at: number): void {
    const own = taken.get(account) ?? new Map<string, Slot>();
    taken.set(account, own);
    accounts.set(taskId, account);
    for (const [id, { untilAt }] of own) if (untilAt <= at) own.delete(id);
    if (slot === null) own.delete(taskId);
    else own.set(taskId, slot);
    changed = account;
  }

  function check(): void {
    if (changed === null || slots === null) return;
    const all = [...(taken.get(changed)?.values() ?? [])].filter(({ fromAt, untilAt }) => fromAt < untilAt);
    changed = null;
    // The most slots are taken at the moment at which one of them is.
    for (const { fromAt } of all) {
      const running = all.filter((other) => other.fromAt <= fromAt && fromAt < other.untilAt).length;
      if (running > slots) return report('limits', `${running} tasks run in ${slots} slots`);
    }
  }

  let place = 0;
  return {
    apply(entry) {
      const next = Math.floor(entry.seq / 2 ** 20);
      if (next !== place) check();
      place = next;
      if (entry.type === 'task.submitted') {
        count(entry.plan, entry.at);
        take(entry.plan, entry.at);
      } else if (entry.type === 'task.amended') take(entry.plan, entry.at);
      else if (entry.type === 'task.forgotten')
        taken.get(accounts.get(entry.taskId) ?? '')?.delete(entry.taskId);
      else if (entry.type === 'server.reset') {
        windows.clear();
        taken.clear();
        changed = null;
      }
    },
  };
}
