import { visible, visibleLine } from '../../mock-server/pages/visible.ts';
import type { CaseReport, Status, TimelineEntry } from '../report.ts';
import { remedyOf, SYMBOLS, sayAspect, sayDuration, wrongAnswerIn } from './wording.ts';

export interface DetailOptions {
  /** Width at which lines wrap (default: no wrapping). */
  readonly width?: number;
  /** Adds color for a terminal. */
  readonly paint?: Paint;
}

/** Colors a text by its meaning. */
export type Paint = (meaning: Status | 'faint' | 'strong', text: string) => string;

interface Row {
  /** Precedes the text on its first line. */
  readonly head: string;
  readonly text: string;
  /** Whether readers copy it, so that it must not wrap. */
  readonly isVerbatim?: boolean;
}

interface Detail {
  readonly label: string;
  readonly meaning: Parameters<Paint>[0];
  readonly rows: readonly Row[];
}

/** Fits every label but long names of aspects. */
const LABEL_WIDTH = 16;
/** Longer timelines are hard to read in a log. */
const MOST_ENTRIES = 16;

/** Returns the details of a case as lines: requirement, stimulus, verdicts, timeline, and remedy. */
export function formatDetails(
  one: CaseReport,
  { width = Infinity, paint = plain }: DetailOptions = {},
): string[] {
  const details = detailsOf(one);
  const labelWidth = Math.max(LABEL_WIDTH, ...details.map(({ label }) => label.length));
  return details.flatMap(({ label, meaning, rows }) =>
    rows
      .flatMap((row) => wrapRow(row, width - labelWidth))
      .map((line, index) => {
        const shown = index === 0 ? label.padEnd(labelWidth) : ' '.repeat(labelWidth);
        return `${paint(meaning, shown)}${line}`;
      }),
  );
}

/** Wraps a text at this width; a longer word gets its own line. */
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
  const verdicts = Object.entries(one.verdicts).map(([aspect, verdict]): Detail => {
    const { status, expected, actual } = verdict;
    const answer = wrongAnswerIn(verdict);
    return {
      label: `${sayAspect(aspect)} ${SYMBOLS[status]} `,
      meaning: status,
      rows: [
        { head: 'expected  ', text: expected },
        { head: 'actual    ', text: actual },
        ...(answer !== null ? [{ head: 'response  ', text: answer }] : []),
      ],
    };
  });
  return [
    faint('requirement', one.requirement),
    faint('sent', one.stimulus),
    ...verdicts,
    { label: 'timeline', meaning: 'faint', rows: timelineRows(one.timeline) },
    faint('why it matters', one.why),
    faint('how to fix', remedyOf(one)),
    { label: 'reproduce', meaning: 'faint', rows: [{ head: '', text: one.replay, isVerbatim: true }] },
  ];
}

function faint(label: string, text: string): Detail {
  return { label, meaning: 'faint', rows: text === '' ? [] : [{ head: '', text }] };
}

function timelineRows(timeline: readonly TimelineEntry[]): Row[] {
  const shown = relevantEntries(timeline);
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
    ? [
        ...rows,
        {
          head: '',
          text: `and ${left} more ${left === 1 ? 'entry' : 'entries'}; see the JSON or HTML report for the full timeline`,
        },
      ]
    : rows;
}

/** Keeps all bad entries first, then the last one, which shows the end, then the earliest ones, in order of time. */
function relevantEntries(timeline: readonly TimelineEntry[]): readonly TimelineEntry[] {
  if (timeline.length <= MOST_ENTRIES) return timeline;
  const last = timeline.at(-1);
  const weightOf = (entry: TimelineEntry): number => (entry.isBad ? 2 : Number(entry === last));
  const byWeight = [...timeline].sort((a, b) => weightOf(b) - weightOf(a));
  const chosen = new Set(byWeight.slice(0, MOST_ENTRIES));
  return timeline.filter((entry) => chosen.has(entry));
}
