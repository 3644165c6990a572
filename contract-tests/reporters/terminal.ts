import { styleText } from 'node:util';
import { visibleLine } from '../../mock-server/pages/visible.ts';
import { brokenLevel, type CaseReport, type SuiteReport } from '../report.ts';
import { formatDetails, type Paint, wrap } from './case-details.ts';
import {
  type Advice,
  adviceFor,
  byGroup,
  LEVEL_WORDS,
  STATUS_WORDS,
  SYMBOLS,
  sayAspect,
  sayConclusion,
  sayCounts,
  sayDuration,
  saySetting,
  suiteTitle,
} from './wording.ts';

export interface TerminalOptions {
  readonly color: boolean;
  /** Whether a failed SHOULD fails the run. */
  readonly strict: boolean;
  /** Width at which lines wrap (default: 100). */
  readonly width?: number;
}

/** Returns the whole report for a terminal or a CI log, without a trailing line break. */
export function formatTerminal(report: SuiteReport, { color, strict, width = 100 }: TerminalOptions): string {
  const paint: Paint = color ? inColor : (_meaning, text) => text;
  const idWidth = Math.max(0, ...report.cases.map(({ id }) => id.length));
  const tree = [...byGroup(report.cases)].flatMap(([group, cases]) => [
    paint('strong', visibleLine(group)),
    ...spaced(cases.map((one) => caseLines(one, { paint, width, idWidth }))),
    '',
  ]);
  return [
    ...headlineLines(report, paint, width),
    ...headLines(report, paint),
    '',
    ...tree,
    ...adviceLines(
      'Not observable (counted neither as passed nor as failed)',
      adviceFor(report.cases, 'not-observable'),
      width,
    ),
    ...adviceLines('Not applicable', adviceFor(report.cases, 'not-applicable'), width),
    ...(report.notes.length > 0 ? ['Notes', ...report.notes.flatMap((note) => bullet(note, width)), ''] : []),
    `${sayCounts(report)}, in ${sayDuration(report.durationMs)}`,
    ...conclusionLines(report, { strict, width, paint }),
  ].join('\n');
}

const STYLES = {
  passed: 'green',
  failed: 'red',
  'non-strict': 'yellow',
  'not-observable': 'cyan',
  'not-applicable': 'gray',
  faint: 'gray',
  strong: 'bold',
} as const satisfies Readonly<Record<Parameters<Paint>[0], Parameters<typeof styleText>[0]>>;

const inColor: Paint = (meaning, text) => styleText(STYLES[meaning], text, { validateStream: false });

/** Findings about the whole run come first because they explain the verdicts. */
function headlineLines({ headlines }: SuiteReport, paint: Paint, width: number): string[] {
  if (headlines.length === 0) return [];
  const lines = headlines.flatMap(({ text, remedy }) => [
    ...wrap(text, width - 2).map((line, index) => paint('strong', `${index === 0 ? '! ' : '  '}${line}`)),
    ...wrap(`How to fix: ${remedy}`, width - 2).map((line) => `  ${line}`),
  ]);
  return [...lines, ''];
}

function headLines(report: SuiteReport, paint: Paint): string[] {
  const { suite, target, event, pack, profile, seed, channels, settings } = report;
  const named = (isThere: boolean): string =>
    Object.entries(channels)
      .filter(([, there]) => there === isThere)
      .map(([name]) => name)
      .join(', ');
  const seeded = seed === '' ? null : `seed ${seed}`;
  const about = [event, `pack ${pack} (${profile})`, seeded].filter((text) => text !== null);
  const set = Object.entries(settings).map(([name, value]) => `${saySetting(name)} ${value}`);
  return [
    `${paint('strong', `${suiteTitle(suite)}:`)} ${visibleLine(target)}`,
    paint('faint', visibleLine(about.join(', '))),
    ...(set.length > 0 ? [paint('faint', visibleLine(`settings: ${set.join('; ')}`))] : []),
    paint(
      'faint',
      visibleLine(
        `channels observed: ${named(true) || 'none'}${named(false) && `; not observed: ${named(false)}`}`,
      ),
    ),
  ];
}

interface Layout {
  readonly paint: Paint;
  readonly width: number;
  readonly idWidth: number;
}

function caseLines(one: CaseReport, { paint, width, idWidth }: Layout): string[] {
  const { id, title, status } = one;
  const head = `  ${paint(status, SYMBOLS[status])} ${visibleLine(id).padEnd(idWidth)}  ${visibleLine(title)}`;
  const remark = remarkOn(one);
  const line = remark === '' ? head : `${head}  ${paint(status, `[${remark}]`)}`;
  if (status !== 'failed' && status !== 'non-strict') return [line];
  const indent = ' '.repeat(4);
  const details = formatDetails(one, { width: width - indent.length, paint });
  return [line, ...details.map((detail) => `${indent}${detail}`)];
}

function remarkOn(one: CaseReport): string {
  const { status, verdicts } = one;
  if (status === 'failed') return LEVEL_WORDS[brokenLevel(one) ?? one.level];
  if (status === 'passed' || status === 'not-applicable') return '';
  if (status === 'non-strict') return STATUS_WORDS[status];
  return Object.entries(verdicts)
    .map(([aspect, verdict]) => `${sayAspect(aspect)} ${STATUS_WORDS[verdict.status]}`)
    .join(', ');
}

/** Separates cases of several lines by empty lines. */
function spaced(blocks: readonly (readonly string[])[]): string[] {
  return blocks.flatMap((block, index) => {
    const before = blocks[index - 1];
    const needsSpace = before !== undefined && Math.max(before.length, block.length) > 1;
    return needsSpace ? ['', ...block] : block;
  });
}

function adviceLines(heading: string, advice: readonly Advice[], width: number): string[] {
  if (advice.length === 0) return [];
  return [heading, ...advice.flatMap(({ text, ids }) => bullet(`${text} (${ids.join(', ')})`, width)), ''];
}

function bullet(text: string, width: number): string[] {
  return wrap(text, width - 4).map((line, index) => `${index === 0 ? '  • ' : '    '}${line}`);
}

function conclusionLines(
  report: SuiteReport,
  { strict, width, paint }: { readonly strict: boolean; readonly width: number; readonly paint: Paint },
): string[] {
  const { status, word, sentence } = sayConclusion(report, strict);
  const [first = '', ...rest] = wrap(`${SYMBOLS[status]} ${word}. ${sentence}`, width);
  return [paint(status, first), ...rest];
}
