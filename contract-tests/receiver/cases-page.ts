import type { CaseFacts, Level } from '../report.ts';
import { RECEIVER_CASES } from './cases.ts';

const LEVELS: Readonly<Record<Level, string>> = { must: 'MUST', should: 'SHOULD', info: 'info' };

/** `docs/receivers.md`: what each case means and how to mend it, from the cases themselves. */
export function receiversPage(): string {
  const groups = [...new Set(RECEIVER_CASES.map(({ group }) => group))];
  return [
    '# What a receiver must do',
    '',
    'A receiver is the part of your application that takes callbacks. `stuntdouble verify receiver URL --event EVENT`',
    'puts these cases to it. Each is judged twice: `ack`, whether it answered right and in time, and `effect`, whether',
    'it did the right thing. Effects are seen by the downloads of the media, which the mock serves itself, and by a',
    'probe, where you give one.',
    '',
    'This page is made from the cases: `npm run docs` writes it, and a test holds that it is up to date.',
    '',
    ...groups.flatMap((group) => [
      `## ${group}`,
      '',
      ...RECEIVER_CASES.filter((one) => one.group === group).flatMap(section),
    ]),
  ].join('\n');
}

function section({ id, title, level, requirement, why, remedy, sources }: CaseFacts): string[] {
  return [
    `### ${id}: ${title}`,
    '',
    `**${LEVELS[level]}.** ${requirement}`,
    '',
    `- Why it matters: ${why}`,
    `- To mend it: ${remedy}`,
    `- Rests on: ${sources.map(({ page }) => page).join('; ')}`,
    `- Alone: \`stuntdouble verify receiver URL --event EVENT --only ${id}\``,
    '',
  ];
}
