import { headlineOf } from './headline.ts';
import { type JsonLine, jsonLines, visibleParts } from './json-lines.ts';
import { html, type Markup } from './markup.ts';
import { counted, sayDuration, sayOffset } from './say-time.ts';
import { statesOf } from './states-of.ts';
import { staticHead } from './static-head.ts';
import {
  deliveriesIn,
  type Story,
  type StoryAttempt,
  type StoryDelivery,
  type StoryRequest,
} from './story.ts';
import { TOKENS } from './tokens.ts';
import { previousOf, type WaterfallRow, waterfallOf } from './waterfall.ts';
import { WATERFALL_STYLE } from './waterfall-style.ts';

export interface TaskHtmlOptions {
  /** Version of Stunt Double. */
  readonly version: string;
  /** What the tasks have in common, such as the search that found them. */
  readonly about?: string;
}

const STYLE = `
*, *::before, *::after { box-sizing: border-box; }
body { margin: 0 auto; max-width: 64rem; padding: var(--gap-6) var(--gap-4); background: var(--ground); color: var(--text); font: var(--large)/1.5 var(--sans); overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.2; margin: 0 0 var(--gap-2); }
h2 { font-size: var(--large); margin: 0; display: inline; }
.part-name { font-size: var(--body); font-weight: 650; margin: var(--gap-3) 0 var(--gap-1); }
.eyebrow { color: var(--accent); font-weight: 600; margin: 0; }
.faint, footer { color: var(--faint); }
.task { background: var(--surface); border: 1px solid var(--line); border-radius: var(--radius); padding: var(--gap-4); margin-top: var(--gap-4); }
summary { cursor: pointer; }
summary.line { list-style: none; }
summary.line::-webkit-details-marker { display: none; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: -3px; }
.parts { padding: 0 var(--gap-3) var(--gap-3); background: var(--sunk); }
pre { margin: 0; padding: var(--gap-2); font: var(--small)/1.5 var(--mono); background: var(--surface); border: 1px solid var(--line); border-radius: var(--radius-small); white-space: pre-wrap; overflow-wrap: anywhere; }
code { font-family: var(--mono); font-size: .875em; }
.json-key { color: var(--in-flight); } .json-text, .json-link { color: var(--acknowledged); } .json-number, .json-word { color: var(--retrying); }
.json-hidden { color: var(--on-bar); background: var(--abandoned); }
footer { margin-top: var(--gap-6); font-size: var(--body); }
@media print { .task { break-inside: avoid-page; } }
`;

/** Renders tasks as a page of its own, without requests or scripts. A single task is open. */
export function taskHtml(stories: readonly Story[], { version, about }: TaskHtmlOptions): string {
  const [only] = stories;
  const isSingle = only !== undefined && stories.length === 1;
  const title = isSingle ? `Task ${only.plan.taskId}` : counted(stories.length, 'task');
  const { markup } = html`<!doctype html>
<html lang="en">
${staticHead(isSingle ? `${headlineOf(only).word}: ${title}` : title, TOKENS + STYLE + WATERFALL_STYLE)}
<body>
<header><p class="eyebrow">Stunt Double</p>
<h1>${title}</h1>
${about === undefined || about === '' ? null : html`<p class="faint">${about}</p>`}</header>
<main>
${stories.map((story) => (isSingle ? single(story) : oneOfMany(story)))}</main>
<footer>Written by Stunt Double ${version}.</footer>
</body>
</html>
`;
  return markup;
}

function single(story: Story): Markup {
  const { word, why, tone } = headlineOf(story);
  return html`<div class="task"><p class="headline ${tone}"><strong>${word}.</strong> ${why}</p>${taskBody(story)}</div>
`;
}

function oneOfMany(story: Story): Markup {
  const { word, why, tone } = headlineOf(story);
  const { taskId } = story.plan;
  return html`<details class="task"><summary><h2><code>${taskId}</code></h2>
<p class="headline ${tone}"><strong>${word}.</strong> ${why}</p></summary>${taskBody(story)}</details>
`;
}

function taskBody(story: Story): Markup {
  const { plan } = story;
  const deliveries = deliveriesIn(story);
  const [first] = deliveries;
  return html`<p class="faint">${plan.pack}, ${plan.kind} · key ${plan.account} · scenario <code>${plan.scenario.name}</code> · submitted ${plan.submittedAt}</p>
<ol class="states" aria-label="States">${statesOf(story).map(
    ({ state, offsetMs, isPlanned }) =>
      html`<li class="${isPlanned ? 'planned' : ''}"><strong>${state}</strong> <small>${offsetMs === 0 ? 'submitted' : sayDuration(offsetMs)}</small></li>`,
  )}</ol>
<div class="waterfall"><div class="parties" aria-hidden="true"><span>client</span><span>mock</span><span>${first === undefined ? 'no receiver' : first.url}</span></div>
<ol aria-label="Messages">
${waterfallOf(story).map((row) => rowOf(row, Date.parse(plan.submittedAt), deliveries))}</ol></div>
`;
}

function rowOf(row: WaterfallRow, startAt: number, deliveries: readonly StoryDelivery[]): Markup {
  const { kind, at, side, direction, tone, isNested } = row;
  const own = [kind, tone, `at-${side}`, `to-${direction}`, ...(isNested ? ['nested'] : [])].join(' ');
  const line = html`<span class="time">${kind === 'pause' ? '' : sayOffset(Math.max(0, at - startAt))}</span>${message(row)}`;
  const parts = partsOf(row, deliveries);
  return parts === null
    ? html`<li class="${own}"><div class="line">${line}</div></li>
`
    : html`<li class="${own}"><details><summary class="line">${line}</summary><div class="parts">${parts}</div></details></li>
`;
}

const MARKS = { plain: '', good: '✓ ', bad: '✗ ', open: '◔ ', planned: '○ ' } as const;

function message({ label, result, tone, note, share, direction }: WaterfallRow): Markup {
  return html`<span class="message"><span class="words"><span class="label">${label}</span>${
    result === '' ? null : html` <span class="result">${MARKS[tone]}${result}</span>`
  }${note === '' ? null : html` <span class="note">${note}</span>`}</span>${
    share === null
      ? null
      : html`<svg class="length" width="100%" height="8" aria-hidden="true"><rect class="part" width="${share * 100}%" height="8" rx="2"/></svg>`
  }${direction === 'none' ? null : html`<span class="arrow" aria-hidden="true"></span>`}</span>`;
}

/** Returns the content of the messages of a row; null without content. */
function partsOf({ requests, attempt }: WaterfallRow, deliveries: readonly StoryDelivery[]): Markup | null {
  if (attempt !== null)
    return attemptParts(attempt, previousOf(attempt.start.seq, attempt.start.event, deliveries));
  if (requests.length === 0) return null;
  // Polls are many, and nearly equal.
  const shown = requests.length > 1 ? requests.slice(-1) : requests;
  return html`${shown.map(requestParts)}`;
}

function attemptParts({ start, end }: StoryAttempt, before: StoryAttempt | null): Markup {
  const isSame = before !== null && before.start.body === start.body;
  return html`<p class="part-name">Headers</p><pre>POST ${start.url}
${headerLines(start.headers)}</pre>
<p class="part-name">Body</p>${isSame ? html`<p>The same bytes as ${before.delivery.id} attempt ${before.start.n}.</p>` : json(start.body)}
${
  end === null
    ? null
    : html`<p class="part-name">Answer</p>${end.attempt.detail === null ? null : html`<p>${end.attempt.detail}</p>`}${json(end.attempt.answer)}`
}`;
}

function requestParts({ method, url, headers, requestBody, answer, at }: StoryRequest): Markup {
  return html`<p class="part-name">Request, answered at ${at}</p><pre>${method} ${url}
${headerLines(headers)}</pre>
${requestBody === '' ? null : html`<p class="part-name">Body</p>${json(requestBody)}`}
<p class="part-name">Answer</p>${json(answer)}`;
}

function headerLines(headers: StoryRequest['headers']): string {
  return Object.entries(headers)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${[value].flat().join(', ')}`)
    .join('\n');
}

function json(text: string): Markup {
  if (text === '') return html`<pre>(empty)</pre>`;
  const lines = jsonLines(text);
  return lines === null
    ? html`<pre>${visibleParts(text, 'sign').map(partMarkup)}</pre>`
    : html`<pre>${lines.map(
        ({ indent, parts }) => html`${'  '.repeat(indent)}${parts.map(partMarkup)}
`,
      )}</pre>`;
}

/** Addresses are not links, because the page may be opened where the mock does not run. */
function partMarkup({ role, text }: JsonLine['parts'][number]): Markup {
  return role === 'sign' ? html`${text}` : html`<span class="json-${role}">${text}</span>`;
}
