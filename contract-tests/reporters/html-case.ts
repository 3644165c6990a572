import { html, type Markup } from '../../mock-server/pages/markup.ts';
import { brokenLevel, type CaseFacts, type CaseReport, type Status, type Verdict } from '../report.ts';
import { timelineSvg } from './timeline-svg.ts';
import {
  capitalized,
  LEVEL_WORDS,
  remedyOf,
  STATUS_WORDS,
  SYMBOLS,
  sayAspect,
  sourceTexts,
  wrongAnswerIn,
} from './wording.ts';

/** A target as the page labels it. */
export interface Column {
  /** Empty when there is only one target. */
  readonly letter: string;
  readonly target: string;
  /** By case id. */
  readonly cases: ReadonlyMap<string, CaseReport>;
}

/**
 * Renders one case as a collapsible section: its facts, then its result for each target. A section that needs a fix
 * is open.
 */
export function htmlCase(facts: CaseFacts, columns: readonly Column[]): Markup {
  const { id, title, level, requirement, why, remedy, sources } = facts;
  const statuses = columns.map(({ cases }) => cases.get(id)?.status);
  const isOpen = statuses.some((status) => status === 'failed' || status === 'non-strict');
  const remedies = columns.flatMap(({ cases }) => {
    const own = cases.get(id);
    return own === undefined || !['failed', 'non-strict'].includes(own.status) ? [] : [remedyOf(own)];
  });
  const kinds = [isOpen ? '' : ' calm', columns.length > 1 ? ' many' : ''];
  return html`<details class="case${kinds}" id="${anchorOf(id)}"${isOpen ? ' open' : ''}>
<summary><code class="id">${id}</code><span class="title">${title}</span><span class="chips">${columns.map((column) => chip(column, id))}</span></summary>
<div class="body">
<div class="facts-of-case">
<div class="wide"><p class="label">Requirement (${LEVEL_WORDS[level]})</p><p>${requirement}</p></div>
<div><p class="label">Why it matters</p><p>${why}</p></div>
<div><p class="label">How to fix</p><p>${[...new Set(remedies)].join(' ') || remedy}</p></div>
<div class="wide"><p class="label">Based on</p><p class="soft">${sourceTexts(sources).join('; ') || 'no documented source'}</p></div>
</div>
${columns.map((column) => runOf(column, id))}</div>
</details>
`;
}

/** Ids in an external file may contain spaces; an anchor must not. */
export function anchorOf(text: string): string {
  return text.replace(/\s+/g, '-');
}

function chip({ letter, cases }: Column, id: string): Markup {
  const one = cases.get(id);
  const prefix = letter === '' ? '' : `${letter} `;
  if (one === undefined) return html`<span class="chip not-run">${prefix}not run</span>`;
  const broken = one.status === 'failed' ? brokenLevel(one) : null;
  const level = broken === null ? '' : ` (${LEVEL_WORDS[broken]})`;
  return html`<span class="chip ${one.status}">${prefix}${SYMBOLS[one.status]} ${STATUS_WORDS[one.status]}${level}</span>`;
}

function runOf({ letter, target, cases }: Column, id: string): Markup | null {
  const one = cases.get(id);
  if (one === undefined) return null;
  const { stimulus, verdicts, timeline, replay } = one;
  const heading = html`<h3 class="named"><span class="letter">${letter}</span><span class="soft">${target}</span></h3>`;
  return html`<div class="run">
${letter === '' ? null : heading}
${stimulus === '' ? null : html`<div><p class="label">Sent</p><p>${stimulus}</p></div>`}
<ul class="verdict-list">${Object.entries(verdicts).map(([aspect, verdict]) => verdictItem(aspect, verdict))}</ul>
${timelineSvg(timeline, id)}
<div><p class="label">Reproduce</p><code class="command">${command(replay)}</code></div>
</div>
`;
}

/** Ids and options contain hyphens, where a line must not break; it may break within a URL. */
function command(line: string): Markup[] {
  return line
    .split(/(\s+)/)
    .map((word) => (word.trim() === '' || word.length > 24 ? html`${word}` : html`<span>${word}</span>`));
}

function verdictItem(aspect: string, verdict: Verdict): Markup {
  const answer = wrongAnswerIn(verdict);
  const { status, level, expected, actual } = verdict;
  const name = capitalized(sayAspect(aspect));
  const own = level === undefined ? '' : ` (${LEVEL_WORDS[level]})`;
  return html`<li class="${status}">${name}${own}: <strong>${SYMBOLS[status]} ${STATUS_WORDS[status]}</strong>
<dl><dt>Expected</dt><dd>${expected}</dd><dt>${actualLabel(status)}</dt><dd>${actual}</dd>${answer === null ? null : html`<dt>Response</dt><dd>${answer}</dd>`}</dl></li>
`;
}

function actualLabel(status: Status): string {
  if (status === 'not-observable') return 'To make it observable';
  return status === 'not-applicable' ? 'Reason' : 'Actual';
}
