import { html, type Markup } from '../../mock-server/pages/markup.ts';
import { staticHead } from '../../mock-server/pages/static-head.ts';
import type { CaseFacts, CaseReport, Status, SuiteReport } from '../report.ts';
import { anchorOf, type Column, htmlCase } from './html-case.ts';
import { STYLE } from './html-style.ts';
import {
  byGroup,
  capitalized,
  PASSED_IN_PART,
  passedInPart,
  STATUS_WORDS,
  SYMBOLS,
  sayConclusion,
  sayDuration,
  saySetting,
  suiteTitle,
  unseenIn,
} from './wording.ts';

export interface HtmlOptions {
  /** Whether a failed SHOULD fails the run (default: false). */
  readonly strict?: boolean;
}

/** Renders one or more runs, one column each, as a self-contained page without requests or scripts. */
export function formatHtml(reports: readonly SuiteReport[], { strict = false }: HtmlOptions = {}): string {
  const columns = reports.map(columnOf);
  const cases = mergedCases(reports);
  const title = titleOf(reports);
  const words = reports.map((report) => sayConclusion(report, strict).word).join(', ');
  const { markup } = html`<!doctype html>
<html lang="en">
${staticHead(`${title}: ${words || 'no report'}`, STYLE)}
<body>
<a class="skip" href="#cases">Skip to cases</a>
<header class="top">
<p class="eyebrow">Stunt Double</p>
<h1>${title}</h1>
<p class="lead">${leadOf(reports)}</p>
<div class="targets${columns.length > 1 ? ' many' : ''}">
${reports.map((report, index) => targetCard(report, columns[index]?.letter ?? '', strict))}</div>
</header>
<main>
<section aria-labelledby="overview"><h2 id="overview">Results by group</h2>
${matrix(cases, columns)}
${legend()}</section>
<div id="cases">
<label class="filter"><input type="checkbox" id="only-open"> Show only failed and non-strict cases</label>
${[...byGroup(cases)].map(([group, own]) => groupSection(group, own, columns))}</div>
${notesOf(reports, columns)}</main>
<footer>Written by Stunt Double ${[...new Set(reports.map(({ version }) => version))].join(', ')}. Cases that are not observable or not applicable count neither as passed nor as failed.</footer>
</body>
</html>
`;
  return markup;
}

const STATUSES: readonly Status[] = ['passed', 'failed', 'non-strict', 'not-observable', 'not-applicable'];

function columnOf(report: SuiteReport, index: number, all: readonly SuiteReport[]): Column {
  return {
    letter: all.length > 1 ? letterOf(index) : '',
    target: report.target,
    cases: new Map(report.cases.map((one) => [one.id, one])),
  };
}

/** Returns A to Z, then A1, B1, and so on. */
function letterOf(index: number): string {
  const round = Math.floor(index / 26);
  return `${String.fromCharCode(65 + (index % 26))}${round === 0 ? '' : round}`;
}

/** Returns the cases of all runs, in the order of the first run that has each. */
function mergedCases(reports: readonly SuiteReport[]): CaseFacts[] {
  const known = new Map<string, CaseFacts>();
  for (const one of reports.flatMap(({ cases }) => cases)) if (!known.has(one.id)) known.set(one.id, one);
  return [...known.values()];
}

function titleOf(reports: readonly SuiteReport[]): string {
  const suites = new Set(reports.map(({ suite }) => suite));
  const [only] = suites;
  return only !== undefined && suites.size === 1 ? suiteTitle(only) : 'Contract report';
}

function leadOf(reports: readonly SuiteReport[]): string {
  const about = new Set(
    reports.map(({ event, pack, profile }) => `${event ?? pack}, ${profile} profile of ${pack}`),
  );
  return [...about].join('; ');
}

function targetCard(report: SuiteReport, letter: string, strict: boolean): Markup {
  const { status, word, sentence } = sayConclusion(report, strict);
  return html`<article class="target" aria-label="${report.target}">
${headlineList(report)}<div class="verdict ${status}"><strong>${SYMBOLS[status]} ${word}</strong>${sentence}</div>
<div class="inner">
<p class="named">${letterMark(letter)}<span class="url">${report.target}</span></p>
${share(report)}
<ul class="counts">${STATUSES.map((status) => count(report, status))}</ul>
${facts(report)}
</div></article>
`;
}

/** Findings about the whole run come first because they explain the verdicts. */
function headlineList({ headlines }: SuiteReport): Markup | null {
  if (headlines.length === 0) return null;
  return html`<ul class="headlines">${headlines.map(
    ({ text, remedy }) => html`<li><strong>${text}</strong><p>How to fix: ${remedy}</p></li>
`,
  )}</ul>
`;
}

function letterMark(letter: string): Markup | null {
  return letter === '' ? null : html`<span class="letter">${letter}</span>`;
}

/** Decorative: the numbers next to it carry the same information. */
function share({ cases }: SuiteReport): Markup {
  const parts = STATUSES.map((status) => ({
    status,
    size: cases.filter((one) => one.status === status).length,
  }));
  const shown = parts.filter(({ size }) => size > 0);
  return html`<div class="share" aria-hidden="true">${shown.map(({ status, size }) => html`<i class="${status}" style="flex:${size}"></i>`)}</div>`;
}

function count({ cases, summary }: SuiteReport, status: Status): Markup | null {
  if (status === 'not-observable') {
    return html`${counted(passedInPart(summary), status, PASSED_IN_PART)}${counted(unseenIn(summary), status)}`;
  }
  return counted(cases.filter((one) => one.status === status).length, status);
}

function counted(size: number, status: Status, word = STATUS_WORDS[status]): Markup | null {
  if (size === 0 && status !== 'passed' && status !== 'failed') return null;
  return html`<li class="${size === 0 ? 'not-applicable' : status}"><b>${size}</b> ${SYMBOLS[status]} ${word}</li>`;
}

function facts({
  pack,
  profile,
  event,
  seed,
  startedAt,
  durationMs,
  channels,
  settings,
}: SuiteReport): Markup {
  const rows: (readonly [string, string])[] = [
    ...(event === null ? [] : [['Event', event] as const]),
    ['Pack', `${pack} (${profile})`],
    ['Seed', seed],
    ['Started', startedAt],
    ['Duration', sayDuration(durationMs)],
    ...Object.entries(channels).map(
      ([name, isObserved]) => [`Channel ${name}`, isObserved ? 'observed' : 'not observed'] as const,
    ),
    ...Object.entries(settings).map(([name, value]) => [capitalized(saySetting(name)), value] as const),
  ];
  return html`<details class="facts"><summary>Run details</summary>
<dl>${rows.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl></details>`;
}

function matrix(cases: readonly CaseFacts[], columns: readonly Column[]): Markup {
  const groups = [...byGroup(cases)];
  return html`<div class="scroll" role="region" aria-labelledby="overview" tabindex="0"><table class="matrix${columns.length > 1 ? ' many' : ''}">
<thead><tr><th scope="col">Group</th>${columns.map(({ letter, target }) => html`<th scope="col"><span class="named">${letterMark(letter)}<span>${shortTarget(target)}</span></span></th>`)}</tr></thead>
<tbody>${groups.map(
    ([group, own]) =>
      html`<tr><th scope="row"><a href="${`#${groupAnchor(group)}`}">${group}</a></th>${columns.map((column) => cell(own, column))}</tr>
`,
  )}</tbody>
</table></div>`;
}

/** Shows how many of the judged cases passed, followed by the counts of the other statuses. */
function cell(facts: readonly CaseFacts[], { cases }: Column): Markup {
  const own = facts.flatMap(({ id }) => cases.get(id) ?? []);
  const size = (status: Status): number => own.filter((one) => one.status === status).length;
  const judged = size('passed') + size('failed') + size('non-strict');
  const rest = (['failed', 'non-strict', 'not-observable', 'not-applicable'] as const)
    .filter((status) => size(status) > 0)
    .map((status) => `${size(status)} ${STATUS_WORDS[status]}`);
  if (own.length === 0) return html`<td class="not-run">not run</td>`;
  const status = cellStatus(own);
  const words = judged === 0 ? 'none judged' : `${size('passed')} of ${judged} passed`;
  return html`<td class="${status}"><span class="mark">${SYMBOLS[status]}</span>${words} <span class="rest">${rest.join(', ')}</span></td>`;
}

function cellStatus(own: readonly CaseReport[]): Status {
  const order: readonly Status[] = ['failed', 'non-strict', 'passed', 'not-observable', 'not-applicable'];
  return order.find((status) => own.some((one) => one.status === status)) ?? 'not-applicable';
}

/** The page header has the full URL; a column is too narrow for it. */
function shortTarget(target: string): string {
  const short = target.replace(/^https?:\/\//, '');
  return short.length > 32 ? `${short.slice(0, 31)}…` : short;
}

function legend(): Markup {
  return html`<ul class="legend">${STATUSES.map((status) => html`<li class="${status}"><b>${SYMBOLS[status]}</b> ${STATUS_WORDS[status]}</li>`)}</ul>
`;
}

function groupAnchor(group: string): string {
  return anchorOf(`group-${group}`);
}

function groupSection(group: string, cases: readonly CaseFacts[], columns: readonly Column[]): Markup {
  return html`<section class="group"><h2 id="${groupAnchor(group)}">${group}</h2>
<div class="cases">
${cases.map((one) => htmlCase(one, columns))}</div></section>
`;
}

function notesOf(reports: readonly SuiteReport[], columns: readonly Column[]): Markup | null {
  const notes = reports.flatMap((report, index) =>
    report.notes.map((note) => `${columns[index]?.letter ?? ''} ${note}`.trim()),
  );
  if (notes.length === 0) return null;
  return html`<section><h2>Notes</h2><ul class="notes">${notes.map((note) => html`<li>${note}</li>`)}</ul></section>
`;
}
