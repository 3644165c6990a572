import { headlineOf } from './headline.ts';
import { sayOffset } from './say-time.ts';
import type { Story } from './story.ts';
import { visibleLine } from './visible.ts';
import { waterfallOf } from './waterfall.ts';

/** Returns a task as Markdown for a ticket: why, and what happened when. */
export function taskMarkdown(story: Story): string {
  const { plan } = story;
  const { word, why } = headlineOf(story);
  const startAt = Date.parse(plan.submittedAt);
  const rows = waterfallOf(story).filter(({ kind }) => kind !== 'pause');
  const facts = [
    ['Pack', `${plan.pack}, ${plan.kind}`],
    ['Scenario', plan.scenario.name],
    ['Submitted', plan.submittedAt],
  ] as const;
  return [
    `### ${word}: task ${code(plan.taskId)}`,
    '',
    plain(why),
    '',
    ...facts.map(([name, value]) => `- ${name}: ${code(value)}`),
    '',
    '| Time | Message | Result |',
    '| ---: | --- | --- |',
    ...rows.map(({ at, label, result, note, side }) => {
      const between = side === 'client' ? 'client: ' : side === 'receiver' ? 'receiver: ' : '';
      const outcome = [result, note].filter((text) => text !== '').join('; ');
      return `| ${sayOffset(Math.max(0, at - startAt))} | ${plain(between + label)} | ${plain(outcome)} |`;
    }),
    '',
  ].join('\n');
}

/** Returns text in which nothing is markup, on one line. */
function plain(text: string): string {
  return visibleLine(text).replaceAll(/[\\`*_[\]<>|#]/g, '\\$&');
}

function code(text: string): string {
  return `\`${visibleLine(text).replaceAll('`', "'")}\``;
}
