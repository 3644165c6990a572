import {
  brokenLevel,
  type CaseReport,
  conclude,
  type Level,
  type Source,
  type Status,
  type SuiteReport,
  summarize,
} from '../report.ts';
import { visibleLine } from './visible.ts';

/** The symbol of each status in every report, because color alone does not distinguish them. */
export const SYMBOLS: Readonly<Record<Status, string>> = {
  passed: '✓',
  failed: '✗',
  'non-strict': '~',
  'not-observable': '○',
  'not-applicable': '–',
};

export const STATUS_WORDS: Readonly<Record<Status, string>> = {
  passed: 'passed',
  failed: 'failed',
  'non-strict': 'non-strict',
  'not-observable': 'not observable',
  'not-applicable': 'not applicable',
};

export const LEVEL_WORDS: Readonly<Record<Level, string>> = { must: 'MUST', should: 'SHOULD', info: 'info' };

const ASPECT_WORDS: Readonly<Record<string, string | undefined>> = {
  ack: 'answer',
  effect: 'effect',
  behaviour: 'behavior',
};

/** Returns the title of a suite's report. */
export function suiteTitle(suite: SuiteReport['suite']): string {
  return suite === 'receiver' ? 'Receiver contract' : 'Client contract';
}

/** Returns the printed name of a verdict's aspect; report files keep the key. */
export function sayAspect(aspect: string): string {
  return Object.hasOwn(ASPECT_WORDS, aspect)
    ? (ASPECT_WORDS[aspect] ?? visibleLine(aspect))
    : visibleLine(aspect);
}

/** Returns whether a case makes the run fail, by the same rule as `conclude`. */
export function countsAgainst(one: CaseReport, strict: boolean): boolean {
  const broken = brokenLevel(one);
  return broken === 'must' || (strict && (broken === 'should' || one.status === 'non-strict'));
}

/** Returns the cases by group, in the order in which the groups first appear. */
export function byGroup<Case extends { readonly group: string }>(
  cases: readonly Case[],
): Map<string, Case[]> {
  const groups = new Map<string, Case[]>();
  for (const one of cases) groups.set(one.group, [...(groups.get(one.group) ?? []), one]);
  return groups;
}

export interface Advice {
  readonly text: string;
  /** Ids of the cases that need it. */
  readonly ids: readonly string[];
}

/** Returns what cases of this status lack, each text once. */
export function adviceFor(
  cases: readonly CaseReport[],
  status: 'not-observable' | 'not-applicable',
): Advice[] {
  const idsByText = new Map<string, Set<string>>();
  for (const one of cases.filter((report) => report.status === status)) {
    for (const verdict of Object.values(one.verdicts)) {
      if (verdict.status !== status) continue;
      idsByText.set(verdict.actual, (idsByText.get(verdict.actual) ?? new Set()).add(one.id));
    }
  }
  return [...idsByText].map(([text, ids]) => ({ text, ids: [...ids] }));
}

/** Returns the counts in one line: `31 passed, 2 failed (1 MUST, 1 SHOULD), 4 not observable`. */
export function sayCounts({ summary }: Pick<SuiteReport, 'summary'>): string {
  const { passed, failed, mustFailed, shouldFailed, nonStrict, notObservable, notApplicable } = summary;
  const levels = [
    some(mustFailed, LEVEL_WORDS.must),
    some(shouldFailed, LEVEL_WORDS.should),
    some(failed - mustFailed - shouldFailed, LEVEL_WORDS.info),
  ];
  return [
    `${passed} passed`,
    failed > 0 ? `${failed} failed (${levels.filter(isText).join(', ')})` : null,
    some(nonStrict, STATUS_WORDS['non-strict']),
    some(notObservable, STATUS_WORDS['not-observable']),
    some(notApplicable, STATUS_WORDS['not-applicable']),
  ]
    .filter(isText)
    .join(', ');
}

/** A conclusion in words. */
export interface Saying {
  /** Status with the same symbol and color. */
  readonly status: Extract<Status, 'passed' | 'failed' | 'not-observable'>;
  readonly word: string;
  /** A complete sentence: the reason for the conclusion and what to do about it. */
  readonly sentence: string;
}

export function sayConclusion(report: SuiteReport, strict: boolean): Saying {
  const { cases, target } = report;
  const must = naming('MUST not met', brokenAt(cases, 'must'));
  const soft = [
    naming('SHOULD not met', brokenAt(cases, 'should')),
    naming(
      'Non-strict',
      cases.filter(({ status }) => status === 'non-strict'),
    ),
  ].filter(isText);
  switch (conclude(report, strict)) {
    case 'must-failed':
      return {
        status: 'failed',
        word: 'Failed',
        sentence: [must, sayExtent(cases)].filter(isText).join(' '),
      };
    case 'should-failed':
      return { status: 'failed', word: 'Failed under --strict', sentence: soft.join(' ') };
    case 'inconclusive':
      return {
        status: 'not-observable',
        word: 'Inconclusive',
        sentence: report.inconclusive ?? '',
      };
    case 'nothing-judged':
      return {
        status: 'not-observable',
        word: 'No verdict',
        sentence: noVerdict(target, cases),
      };
    case 'passed':
      return {
        status: 'passed',
        // An unobservable requirement may be broken, so this is less than a pass.
        word: unseenIn(cases) === 0 ? 'Passed' : 'Every observable MUST is met',
        sentence: [
          sayExtent(cases),
          ...soft,
          ...(soft.length > 0 ? ['These fail the run under --strict.'] : []),
        ].join(' '),
      };
  }
}

/** Returns how many cases have a verdict whose channel was missing. */
function unseenIn(cases: readonly CaseReport[]): number {
  return cases.filter(isUnseen).length;
}

function isUnseen({ verdicts }: CaseReport): boolean {
  return Object.values(verdicts).some(({ status }) => status === 'not-observable');
}

/** Returns the coverage: `17 cases were judged, 5 of them partially; 6 could not be observed.` */
function sayExtent(cases: readonly CaseReport[]): string {
  const { judged } = summarize(cases);
  const partial = cases.filter((one) => isUnseen(one) && summarize([one]).judged > 0).length;
  const unseen = unseenIn(cases) - partial;
  const parts = [
    `${judged} ${judged === 1 ? 'case was' : 'cases were'} judged`,
    partial > 0 ? `, ${partial} of them partially` : '',
    unseen > 0 ? `; ${unseen} could not be observed` : '',
  ];
  return `${parts.join('')}.`;
}

/** Describes what a case is based on: each page with its heading once, then the facts without a page. */
export function sourceTexts(sources: readonly Source[]): string[] {
  const packs = new Set(sources.flatMap(({ pack }) => pack ?? []));
  return [
    ...new Set(
      sources.map(({ pack, page, heading, grade, fact }) => {
        const vendor = pack === null || packs.size < 2 ? '' : `${pack}: `;
        if (page === null) return `${vendor}${grade}: ${fact}`;
        const place = heading === null ? page : `${page}, "${heading}"`;
        return `${vendor}${place}${grade === 'documented' ? '' : ` (${grade})`}`;
      }),
    ),
  ];
}

/** Returns the remedy of a case: for its answer, its effect, or both, depending on which failed. */
export function remedyOf({ remedy, remedies, verdicts }: CaseReport): string {
  if (remedies === undefined) return remedy;
  const isWrong = (aspect: string): boolean =>
    ['failed', 'non-strict'].includes(verdicts[aspect]?.status ?? '');
  const wanted = (['ack', 'effect'] as const).filter(isWrong).map((aspect) => remedies[aspect]);
  return wanted.length === 0 ? remedy : [...new Set(wanted)].join(' ');
}

/** Returns what the receiver answered where the answer was wrong; null when it did not answer. */
export function wrongAnswerIn({ verdicts, timeline }: CaseReport): string | null {
  if (!['failed', 'non-strict'].includes(verdicts.ack?.status ?? '')) return null;
  return timeline.find(({ answer }) => answer !== undefined)?.answer ?? null;
}

function brokenAt(cases: readonly CaseReport[], level: Level): CaseReport[] {
  return cases.filter((one) => brokenLevel(one) === level);
}

/** Names up to five ids and counts the rest; returns null for an empty list. */
function naming(what: string, cases: readonly CaseReport[]): string | null {
  if (cases.length === 0) return null;
  const ids = cases.slice(0, 5).map(({ id }) => id);
  const left = cases.length - ids.length;
  return `${what}: ${ids.join(', ')}${left > 0 ? ` and ${left} more` : ''}.`;
}

function noVerdict(target: string, cases: readonly CaseReport[]): string {
  if (cases.length === 0) {
    return `No case was run against ${target}. Check --only, or run "stuntdouble cases" for the full list.`;
  }
  const lacking = [...adviceFor(cases, 'not-observable'), ...adviceFor(cases, 'not-applicable')];
  const [first] = lacking.sort((a, b) => b.ids.length - a.ids.length);
  const remedy = first === undefined ? 'Run the suite again.' : `Main reason: ${first.text}`;
  return `None of the cases could be judged for ${target}. ${remedy}`;
}

/** Returns a human-readable duration: `420 ms`, `4.2 s`, `2 min 5 s`. */
export function sayDuration(durationMs: number): string {
  if (durationMs < 1000) return `${Math.round(durationMs)} ms`;
  const seconds = Math.round(durationMs / 100) / 10;
  if (seconds < 60) return `${seconds} s`;
  const whole = Math.round(durationMs / 1000);
  return whole % 60 === 0 ? `${whole / 60} min` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** Returns a text with its first letter in upper case. */
export function capitalized(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

function some(count: number, word: string): string | null {
  return count > 0 ? `${count} ${word}` : null;
}

function isText(text: string | null): text is string {
  return text !== null && text !== '';
}
