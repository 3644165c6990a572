import { outcomeWord, sayResult } from './say-result.ts';
import { counted, sayDuration } from './say-time.ts';
import {
  deliveriesIn,
  entriesOf,
  type Story,
  type StoryAttempt,
  type StoryDelivery,
  type StoryPlan,
} from './story.ts';
import type { Tone } from './waterfall.ts';

/** What a task has come to, in a word, and why. */
export interface Headline {
  readonly word: string;
  readonly why: string;
  readonly tone: Tone;
}

/** Says in a few words why things are as they are with a task. */
export function headlineOf(story: Story): Headline {
  const deliveries = deliveriesIn(story).filter(({ isHandshake }) => !isHandshake);
  const { word, tone } = statusOf(story, deliveries);
  const sentences = [sayTask(story), ...sayDeliveries(story, deliveries), sayDownloads(story)];
  return { word, tone, why: sentences.filter((text) => text !== '').join(' ') };
}

function statusOf(
  story: Story,
  deliveries: readonly StoryDelivery[],
): { readonly word: string; readonly tone: Tone } {
  const has = (status: StoryDelivery['status']): boolean => deliveries.some((one) => one.status === status);
  if (has('in flight')) return { word: 'In flight', tone: 'open' };
  if (has('retrying')) return { word: 'Retrying', tone: 'open' };
  if (deliveries.some(({ status, why }) => status === 'abandoned' && why !== 'forged')) {
    return { word: 'Abandoned', tone: 'bad' };
  }
  if (has('waiting')) return { word: 'Waiting', tone: 'planned' };
  if (deliveries.length === 0) return { word: isOver(story) ? 'No callback' : 'Running', tone: 'plain' };
  return { word: deliveries.length === 2 ? 'Acknowledged, twice' : 'Acknowledged', tone: 'good' };
}

function isOver({ plan, now }: Story): boolean {
  const last = plan.steps.at(-1);
  return last !== undefined && Date.parse(last.at) <= now;
}

function sayTask(story: Story): string {
  const { plan, now } = story;
  const next = plan.steps.find(({ at }) => Date.parse(at) > now);
  const current = plan.steps.findLast(({ at }) => Date.parse(at) <= now);
  if (next !== undefined) {
    const state = current === undefined ? '' : `The task is ${current.state}; `;
    return `${state}${next.state} follows in ${sayDuration(Date.parse(next.at) - now)}.`;
  }
  const { type, slug } = plan.outcome;
  if (type === 'failure') return `The task failed with ${slug}${because(plan, `fail.${slug}`)}.`;
  return type === 'canceled' ? 'The task was canceled.' : '';
}

/** Names the scenario if it asks for this. */
function because({ scenario: { name } }: StoryPlan, part: string): string {
  const isAsked = name.split('+').some((one) => one.replace(/\*.*$/, '') === part);
  return isAsked ? `, because the scenario ${name} asks for it` : '';
}

function sayDeliveries(story: Story, deliveries: readonly StoryDelivery[]): readonly string[] {
  const { plan } = story;
  if (deliveries.length === 0) {
    return [
      plan.scenario.callback === 'never'
        ? `No callback is sent${because(plan, 'callback.never')}.`
        : 'No callback is sent, because the submission does not name a URL.',
    ];
  }
  return deliveries.map((delivery) => sayDelivery(story, delivery, deliveries.length > 1));
}

const REASONS: ReadonlyMap<string, string> = new Map([
  ['duplicate', 'is a duplicate'],
  ['forged', 'is forged'],
  ['malformed', 'is malformed on purpose'],
  ['redelivered', 'was asked for by hand'],
]);

function sayDelivery(story: Story, delivery: StoryDelivery, isNamed: boolean): string {
  const { id, why, flaw, status, dueAt, nextAttemptAt, attempts } = delivery;
  const { now, plan } = story;
  const reason = REASONS.get(why);
  const asked = why === 'redelivered' ? '' : because(plan, `callback.${flaw ?? why}`);
  const about = reason === undefined ? '' : `${id} ${reason}${asked}. `;
  const subject = isNamed ? `Callback ${id}` : 'The callback';
  const failed = attempts.filter(({ end }) => end !== null && end.attempt.outcome !== 'acknowledged');
  const history = failed.length === 0 ? '' : `: ${sayFailures(failed, flaw)}`;
  const last = attempts.at(-1);
  switch (status) {
    case 'waiting':
      return `${about}${subject} is due${dueAt > now ? ` in ${sayDuration(dueAt - now)}` : ' now'}.`;
    case 'in flight':
      return `${about}${subject} waits for the receiver (attempt ${last?.start.n ?? 1}, ${last === undefined ? '' : sayResult(last, story)})${history}.`;
    case 'retrying': {
      const next =
        nextAttemptAt === null
          ? 'another attempt follows'
          : `attempt ${attempts.length + 1} follows in ${sayDuration(Math.max(0, nextAttemptAt - now))}`;
      return `${about}${subject} was not acknowledged, and ${next}${history}.`;
    }
    case 'abandoned':
      return `${about}${subject} was abandoned after ${counted(attempts.length, 'attempt')}${history}.`;
    case 'acknowledged':
      return `${about}${subject} was acknowledged${attempts.length > 1 ? ` at attempt ${attempts.length}${history}` : ` at once`}.`;
  }
}

/** Says what became of each attempt, once for equal attempts in a row. */
function sayFailures(failed: readonly StoryAttempt[], flaw: string | null): string {
  const groups: { readonly what: string; readonly first: number; last: number }[] = [];
  for (const attempt of failed) {
    const { n } = attempt.start;
    const what = sayFailure(attempt, flaw);
    const group = groups.at(-1);
    if (group?.what === what && group.last === n - 1) group.last = n;
    else groups.push({ what, first: n, last: n });
  }
  return groups
    .map(({ what, first, last }) => {
      if (first === last) return `attempt ${first} ${what.replace('{was}', 'was')}`;
      return `attempts ${first} ${last === first + 1 ? 'and' : 'to'} ${last} ${what.replace('{was}', 'were')}`;
    })
    .join('; ');
}

function sayFailure({ start, end }: StoryAttempt, flaw: string | null): string {
  if (end === null) return '{was} interrupted';
  const { outcome, status, durationMs } = end.attempt;
  if (flaw === 'lost-ack' && start.n === 1 && status !== null) {
    return `{was} answered with HTTP ${status}, which was lost on purpose`;
  }
  if (outcome === 'rejected') return `{was} rejected with HTTP ${status}`;
  if (outcome === 'timeout') return `timed out after ${sayDuration(durationMs)}`;
  if (outcome === 'redirect') return `{was} redirected with HTTP ${status}`;
  return `failed (${outcomeWord(outcome)})`;
}

function sayDownloads(story: Story): string {
  const counts = new Map<string, number>();
  for (const { name, whole } of entriesOf(story, 'media.served')) {
    if (whole) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const repeated = [...counts].filter(([, count]) => count > 1);
  if (repeated.length > 0) {
    return `${repeated.map(([name, count]) => `${name} was downloaded ${count} times`).join(', and ')}.`;
  }
  return counts.size === 0
    ? ''
    : `${[...counts.keys()].join(' and ')} ${counts.size === 1 ? 'was' : 'were'} downloaded.`;
}
