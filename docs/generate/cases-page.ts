import { type CaseDefinition, describeCase } from '../../contract-tests/case-definition.ts';
import { CLIENT_CASES } from '../../contract-tests/client/cases.ts';
import { RECEIVER_CASES } from '../../contract-tests/receiver/cases.ts';
import type { CaseFacts } from '../../contract-tests/report.ts';
import { LEVEL_WORDS, sourceTexts } from '../../contract-tests/reporters/wording.ts';
import { loadPacks } from '../../mock-server/index.ts';
import { table } from './markdown.ts';

/** Returns the pages about cases by file name. */
export function casesPages(): Readonly<Record<string, string>> {
  return { 'receivers.md': receiversPage(), 'clients.md': clientsPage() };
}

function receiversPage(): string {
  return page(
    [
      '# What a receiver must do',
      '',
      'A receiver is the part of your application that accepts callbacks. `stuntdouble verify receiver URL --event EVENT`',
      'runs these cases. Each has up to two verdicts: `ack`, whether the receiver answered correctly and in time, and',
      '`effect`, whether it did the right thing. Effects are observed by the downloads of the media, which the mock serves,',
      'and by `--probe`: [how a receiver is judged](verify-receiver.md).',
    ],
    described(RECEIVER_CASES),
    (id) => `stuntdouble verify receiver URL --event EVENT --only ${id}`,
  );
}

function clientsPage(): string {
  return page(
    [
      '# What a client must do',
      '',
      'A client is the part of your application that calls the API. `stuntdouble verify client -- COMMAND` runs it once per',
      'situation, and judges its calls, its downloads, its output and its exit code. The same cases judge an application that',
      'runs against `stuntdouble start`: `GET /__admin/verdicts?apiKey=KEY`.',
      '',
      'Pace is measured in wall time. When the waits of a client are shorter in tests than in production, `--time-scale`',
      'declares the factor, for example 30 for a poll every second that is every 30 seconds in production. In a test suite with',
      'fake timers, `clientContract({ advanceTimers })` runs on the virtual clock instead.',
      '',
      'Failures are confirmed by another run: once if the case measures waits, because machines stall; without parallel runs if',
      'there were any, because instances of a client may share a port or a lock; and up to eight times if waits are random.',
      'A case that a run cannot show is reported as not observable, with a way to make it observable.',
      '',
      '`--quick` judges only four short runs. `--tls` serves the mock, its media and `{callback}` over https, for clients that',
      'require it. If an SDK sends the calls, the verdict states whether the application can change the behavior: retries of',
      'polls by an SDK are not judged, but retries of submissions are.',
    ],
    described(CLIENT_CASES),
    (id) => `stuntdouble verify client --only ${id} -- COMMAND`,
  );
}

/** Returns the cases with their general texts, and with sources in every built-in pack. */
function described(cases: readonly CaseDefinition[]): CaseFacts[] {
  const packs = loadPacks();
  return cases.map((one) => describeCase(one, packs));
}

function page(
  introduction: readonly string[],
  cases: readonly CaseFacts[],
  command: (id: string) => string,
): string {
  const groups = [...new Set(cases.map(({ group }) => group))];
  return [
    ...introduction,
    '',
    'This page is generated from the cases by `npm run docs`. A test fails when it is out of date.',
    '',
    ...table(
      ['id', 'level', 'title'],
      cases.map((one) => [`[${one.id}](#${one.id.toLowerCase()})`, LEVEL_WORDS[one.level], one.title]),
    ),
    ...groups.flatMap((group) => [
      `## ${group}`,
      '',
      ...cases.filter((one) => one.group === group).flatMap((one) => section(one, command(one.id))),
    ]),
  ].join('\n');
}

function remediesOf({ remedy, remedies }: CaseFacts): string[] {
  if (remedies === undefined) return [`- How to fix: ${remedy}`];
  return [`- How to fix a wrong answer: ${remedies.ack}`, `- How to fix a wrong effect: ${remedies.effect}`];
}

function section(one: CaseFacts, command: string): string[] {
  const { id, title, level, requirement, why, sources } = one;
  return [
    `<a id="${id.toLowerCase()}"></a>`,
    '',
    `### ${id}: ${title}`,
    '',
    `**${LEVEL_WORDS[level]}.** ${requirement}`,
    '',
    `- Why it matters: ${why}`,
    ...remediesOf(one),
    '- Based on:',
    ...sourceTexts(sources).map((text) => `  - ${text}`),
    `- Run it alone: \`${command}\``,
    '',
  ];
}
