import type { CaseReport, Status, TimelineEntry } from '../report.ts';
import { visible, visibleLine } from './visible.ts';
import { remedyOf, SYMBOLS, sayAspect, sayDuration, wrongAnswerIn } from './wording.ts';

export interface DetailOptions {
  /** Where lines break (default: never). */
  readonly width?: number;
  /** Colour, for a terminal. */
  readonly paint?: Paint;
}

/** Colours by what they mean. */
export type Paint = (meaning: Status | 'faint' | 'strong', text: string) => string;

interface Row {
  /** Precedes the text on its first line. */
  readonly head: string;
  readonly text: string;
  /** It is copied by the reader, so it is never wrapped. */
  readonly isVerbatim?: boolean;
}

interface Detail {
  readonly label: string;
  readonly meaning: Parameters<Paint>[0];
  readonly rows: readonly Row[];
}

const LABEL_WIDTH = 13;
/** Longer timelines are not read in a log. */
const MOST_ENTRIES = 16;

/** Everything about one case that failed, as lines: requirement, stimulus, what happened, and how to fix it. */
export function formatDetails(
  one: CaseReport,
  { width = Infinity, paint = plain }: DetailOptions = {},
): string[] {
  return detailsOf(one).flatMap(({ label, meaning, rows }) =>
    rows
      .flatMap((row) => wrapRow(row, width - LABEL_WIDTH))
      .map((line, index) => {
        const shown = index === 0 ? label.padEnd(LABEL_WIDTH) : ' '.repeat(LABEL_WIDTH);
        return `${paint(meaning, shown)}${line}`;
      }),
  );
}

/** Words in lines of at most this width; a longer word gets a line of its own. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of visibleLine(text).split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

const plain: Paint = (_meaning, text) => text;

function wrapRow({ head, text, isVerbatim = false }: Row, width: number): string[] {
  const lines = isVerbatim ? [visible(text).replace(/\n/g, '\\n')] : wrap(text, width - head.length);
  return lines.map((line, index) => `${index === 0 ? head : ' '.repeat(head.length)}${line}`);
}

function detailsOf(one: CaseReport): Detail[] {
  const answer = wrongAnswerIn(one);
  const verdicts = Object.entries(one.verdicts).map(
    ([aspect, { status, expected, actual }]): Detail => ({
      label: `${sayAspect(aspect)} ${SYMBOLS[status]} `,
      meaning: status,
      rows: [
        { head: 'expected  ', text: expected },
        { head: 'actual    ', text: actual },
        ...(aspect === 'ack' && answer !== null ? [{ head: 'answered  ', text: answer }] : []),
      ],
    }),
  );
  return [
    faint('requirement', one.requirement),
    faint('sent', one.stimulus),
    ...verdicts,
    { label: 'timeline', meaning: 'faint', rows: timelineRows(one.timeline) },
    faint('why', one.why),
    faint('how to fix', remedyOf(one)),
    { label: 'reproduce', meaning: 'faint', rows: [{ head: '', text: one.replay, isVerbatim: true }] },
  ];
}

function faint(label: string, text: string): Detail {
  return { label, meaning: 'faint', rows: text === '' ? [] : [{ head: '', text }] };
}

function timelineRows(timeline: readonly TimelineEntry[]): Row[] {
  const shown = tellingEntries(timeline);
  const times = shown.map(({ atMs }) => `${Math.round(atMs)} ms`);
  const width = Math.max(0, ...times.map((time) => time.length));
  const rows = shown.map(
    ({ kind, text, durationMs, isBad }, index): Row => ({
      head: `${(times[index] ?? '').padStart(width)}  ${kind.padEnd(8)}  ${isBad ? `${SYMBOLS.failed} ` : '  '}`,
      text: durationMs > 0 ? `${text}, after ${sayDuration(durationMs)}` : text,
    }),
  );
  const left = timeline.length - shown.length;
  return left > 0
    ? [...rows, { head: '', text: `and ${left} more; the JSON and HTML reports have all of them` }]
    : rows;
}

/** The bad ones take precedence, then the earliest; in the order of time. */
function tellingEntries(timeline: readonly TimelineEntry[]): readonly TimelineEntry[] {
  if (timeline.length <= MOST_ENTRIES) return timeline;
  const byWeight = [...timeline].sort((a, b) => Number(b.isBad) - Number(a.isBad));
  const chosen = new Set(byWeight.slice(0, MOST_ENTRIES));
  return timeline.filter((entry) => chosen.has(entry));
}
