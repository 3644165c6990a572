import type { Story } from '../../pages/story.ts';

/** Returns why the mock has no callback of a task to send again; empty when it has one. */
export function noResend({ plan, entries, now }: Pick<Story, 'plan' | 'entries' | 'now'>): string {
  const { steps, callbacks, scenario } = plan;
  const reached = steps.findLast(({ at }) => Date.parse(at) <= now);
  if (reached === undefined) return 'The task has not started yet.';
  const isOver = reached === steps.at(-1);
  const isAdded = entries.some(({ type }) => type === 'delivery.promised');
  // A scenario can suppress the callback of a request that named a URL.
  if (callbacks.length === 0 && scenario.callback !== 'never' && !isAdded) {
    return 'Its request named no callback URL. Send it to a URL below.';
  }
  if (!isOver && !callbacks.some(({ state, flaw }) => state === reached.state && flaw === null)) {
    return `No callback is sent in state "${reached.state}".`;
  }
  return '';
}
