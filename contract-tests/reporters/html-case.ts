import { brokenLevel, type CaseFacts, type CaseReport, type Status, type Verdict } from '../report.ts';
import { html, type Markup } from './markup.ts';
import { timelineSvg } from './timeline-svg.ts';
import { LEVEL_WORDS, remedyOf, STATUS_WORDS, SYMBOLS, sourceTexts, wrongAnswerIn } from './wording.ts';

/** A target as the page calls it. */
export interface Column {
  /** Empty where there is one target alone. */
  readonly letter: string;
  readonly target: string;
  /** By case id. */
  readonly cases: ReadonlyMap<string, CaseReport>;
}

/** One case as a collapsible section: its facts once, then its result for every target. Open where something needs a fix. */
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
<div><p class="label">How to fix it</p><p>${[...new Set(remedies)].join(' ') || remedy}</p></div>
<div class="wide"><p class="label">Based on</p><p class="soft">${sourceTexts(sources).join('; ') || 'no documented source'}</p></div>
</div>
${columns.map((column) => runOf(column, id))}</div>
</details>
`;
}

/** An id may be anything in a file from outside; an anchor must have no space. */
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
  const answer = wrongAnswerIn(one);
  const heading = html`<h3 class="named"><span class="letter">${letter}</span><span class="soft">${target}</span></h3>`;
  return html`<div class="run">
${letter === '' ? null : heading}
${stimulus === '' ? null : html`<div><p class="label">Sent</p><p>${stimulus}</p></div>`}
<ul class="verdicts">${Object.entries(verdicts).map(([aspect, verdict]) => verdictItem(aspect, verdict, aspect === 'ack' ? answer : null))}</ul>
${timelineSvg(timeline, id)}
<div><p class="label">Reproduce</p><code class="command">${command(replay)}</code></div>
</div>
`;
}

/** Ids and options have hyphens, and a line must not break there; it may within a URL. */
function command(line: string): Markup[] {
  return line
    .split(/(\s+)/)
    .map((word) => (word.trim() === '' || word.length > 24 ? html`${word}` : html`<span>${word}</span>`));
}

const ASPECTS: Readonly<Record<string, string | undefined>> = {
  ack: 'Answer',
  effect: 'Effect',
  behaviour: 'Behavior',
};

function verdictItem(aspect: string, verdict: Verdict, answer: string | null): Markup {
  const { status, level, expected, actual } = verdict;
  const name = Object.hasOwn(ASPECTS, aspect) ? (ASPECTS[aspect] ?? aspect) : aspect;
  const own = level === undefined ? '' : ` (${LEVEL_WORDS[level]})`;
  return html`<li class="${status}">${name}${own}: <strong>${SYMBOLS[status]} ${STATUS_WORDS[status]}</strong>
<dl><dt>Expected</dt><dd>${expected}</dd><dt>${saysHow(status)}</dt><dd>${actual}</dd>${answer === null ? null : html`<dt>Answered</dt><dd>${answer}</dd>`}</dl></li>
`;
}

function saysHow(status: Status): string {
  if (status === 'not-observable') return 'To see it';
  return status === 'not-applicable' ? 'Because' : 'Actual';
}
