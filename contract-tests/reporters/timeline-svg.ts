import { html, type Markup } from '../../mock-server/pages/markup.ts';
import { visibleLine } from '../../mock-server/pages/visible.ts';
import type { TimelineEntry } from '../report.ts';
import { SYMBOLS, sayDuration } from './wording.ts';

/** With more rows, one lane for each kind is clearer. */
const MOST_ROWS = 14;
const ROW_HEIGHT = 38;
const AXIS_HEIGHT = 26;
/** Characters that fit next to the time on a phone. */
const LABEL_LENGTH = 36;

/** One line of the picture: a single entry, or all entries of a kind when there are many. */
interface Lane {
  readonly kind: TimelineEntry['kind'];
  readonly label: string;
  readonly time: string;
  readonly isBad: boolean;
  readonly entries: readonly TimelineEntry[];
}

/**
 * Renders a case's timeline as a picture and as a list. Positions on the time axis are percentages and texts have a
 * fixed size, so that the picture fills its column and stays readable on a phone.
 */
export function timelineSvg(timeline: readonly TimelineEntry[], title: string): Markup | null {
  if (timeline.length === 0) return null;
  const lanes = timeline.length <= MOST_ROWS ? timeline.map(laneOfOne) : lanesByKind(timeline);
  const end = Math.max(1, ...timeline.map(({ atMs, durationMs }) => atMs + durationMs));
  const height = lanes.length * ROW_HEIGHT + AXIS_HEIGHT;
  return html`<figure class="timeline">
<svg width="100%" height="${height}" role="img" aria-label="${`Timeline of ${title}: ${timeline.length === 1 ? '1 entry' : `${timeline.length} entries`} in ${sayDuration(end)}; a text version follows.`}">
${axis(end, lanes.length * ROW_HEIGHT)}
${lanes.map((lane, index) => drawLane(lane, index * ROW_HEIGHT, end))}
</svg>
<details class="as-text"><summary>Timeline as text</summary>
<ol>${timeline.map(asText)}</ol></details>
</figure>`;
}

function laneOfOne(entry: TimelineEntry): Lane {
  const { kind, text, isBad, atMs, durationMs } = entry;
  const took = durationMs > 0 ? ` + ${sayDuration(durationMs)}` : '';
  return { kind, label: text, time: `${sayDuration(atMs)}${took}`, isBad, entries: [entry] };
}

function lanesByKind(timeline: readonly TimelineEntry[]): Lane[] {
  const lanes = new Map<string, TimelineEntry[]>();
  for (const entry of timeline) {
    const key = `${entry.kind} ${entry.isBad}`;
    lanes.set(key, [...(lanes.get(key) ?? []), entry]);
  }
  return [...lanes.values()].flatMap((entries) => {
    const [first] = entries;
    if (first === undefined) return [];
    const from = Math.min(...entries.map(({ atMs }) => atMs));
    const to = Math.max(...entries.map(({ atMs, durationMs }) => atMs + durationMs));
    const label = `${entries.length} entries`;
    return { ...first, label, time: `${sayDuration(from)} – ${sayDuration(to)}`, entries };
  });
}

function drawLane({ kind, label, time, isBad, entries }: Lane, top: number, end: number): Markup {
  const kinds = [kind, isBad ? ' bad' : '', entries.length > 1 ? ' crowd' : ''];
  return html`<g class="lane ${kinds}">
<text x="0" y="${top + 13}"><tspan class="kind">${isBad ? `${SYMBOLS.failed} ` : ''}${kind}</tspan> ${shorten(label)}</text>
<text class="time" x="100%" y="${top + 13}" text-anchor="end">${time}</text>
<rect class="track" x="0" y="${top + 20}" width="100%" height="8" rx="4"/>
${entries.map((entry) => drawBar(entry, top + 20, end))}</g>`;
}

/** The second mark gives very short entries a visible width; it starts early enough not to be cut off at the end. */
function drawBar({ atMs, durationMs }: TimelineEntry, top: number, end: number): Markup {
  const start = percent(atMs, end);
  const width = percent(durationMs, end);
  return html`<rect class="bar" x="${start}%" y="${top}" width="${width}%" height="8" rx="3"/><svg x="${Math.min(start, 98.5)}%" y="${top}" overflow="visible"><rect class="bar" width="5" height="8" rx="2.5"/></svg>`;
}

function axis(end: number, top: number): Markup {
  const ticks = [
    { at: 0, anchor: 'start' },
    { at: 50, anchor: 'middle' },
    { at: 100, anchor: 'end' },
  ];
  return html`<g class="axis">${ticks.map(
    ({ at, anchor }) => html`<line x1="${at}%" x2="${at}%" y1="16" y2="${top + 4}"/>
<text x="${at}%" y="${top + 18}" text-anchor="${anchor}">${sayDuration((end * at) / 100)}</text>`,
  )}</g>`;
}

function asText({ atMs, durationMs, kind, text, isBad }: TimelineEntry): Markup {
  const took = durationMs > 0 ? `, took ${sayDuration(durationMs)}` : '';
  return html`<li><span class="at">${sayDuration(atMs)}</span> ${kind}: ${text}${took}${isBad ? html` <strong>${SYMBOLS.failed} problem</strong>` : null}</li>
`;
}

function percent(part: number, whole: number): number {
  return Math.max(0, Math.min(100, Math.round((part / whole) * 10_000) / 100));
}

function shorten(text: string): string {
  const chars = [...visibleLine(text)];
  return chars.length <= LABEL_LENGTH ? chars.join('') : `${chars.slice(0, LABEL_LENGTH - 1).join('')}…`;
}
