import { ASPECT_WORDS, LEVEL_WORDS, STATUS_WORDS, SYMBOLS } from '../../mock-server/pages/status-words.ts';
import { visibleLine } from '../../mock-server/pages/visible.ts';
import {
  brokenLevel,
  type CaseReport,
  conclude,
  type Level,
  type Source,
  type Status,
  type SuiteReport,
  type Summary,
  summarize,
  type Verdict,
} from '../report.ts';
import { STIMULUS_WORDS } from './stimulus-words.ts';

export { sayDuration } from '../../mock-server/pages/say-time.ts';
export { LEVEL_WORDS, STATUS_WORDS, SYMBOLS };

const SETTING_WORDS: Readonly<Record<string, string | undefined>> = {
  ackTimeout: 'time to answer',
  settle: 'settling time',
  patience: 'patience',
  fastAck: 'time for a fast answer',
  downloadWithin: 'time to the first download',
  retryGaps: 'gaps between retries',
  time: 'clock',
  timeLimit: 'limit of each run',
  giveUpWithin: 'time to stop polling',
  selection: 'selection',
  tls: 'certificates',
};

/** Returns the title of a suite's report. */
export function suiteTitle(suite: SuiteReport['suite']): string {
  return suite === 'receiver' ? 'Receiver contract' : 'Client contract';
}

/** Returns the printed name of a verdict's aspect; report files keep the key. */
export function sayAspect(aspect: string): string {
  return ASPECT_WORDS.get(aspect) ?? wordFor(aspect, STIMULUS_WORDS);
}

/** Returns the printed name of a setting; report files keep the key. */
export function saySetting(name: string): string {
  return wordFor(name, SETTING_WORDS);
}

function wordFor(key: string, words: Readonly<Record<string, string | undefined>>): string {
  return Object.hasOwn(words, key) ? (words[key] ?? visibleLine(key)) : visibleLine(key);
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

/**
 * Returns the counts in one line, with the number of judged cases, as in the conclusion:
 * `33 cases judged: 31 passed, 2 failed (1 MUST, 1 SHOULD); 4 not observable`.
 */
export function sayCounts({ summary }: Pick<SuiteReport, 'summary'>): string {
  const { judged, passed, failed, mustFailed, shouldFailed, nonStrict, notApplicable } = summary;
  const levels = [
    some(mustFailed, LEVEL_WORDS.must),
    some(shouldFailed, LEVEL_WORDS.should),
    some(failed - mustFailed - shouldFailed, LEVEL_WORDS.info),
  ];
  const results = [
    `${passed} passed`,
    failed > 0 ? `${failed} failed (${levels.filter(isText).join(', ')})` : null,
    some(nonStrict, STATUS_WORDS['non-strict']),
    some(passedInPart(summary), PASSED_IN_PART),
  ].filter(isText);
  const others = [
    some(unseenIn(summary), STATUS_WORDS['not-observable']),
    some(notApplicable, STATUS_WORDS['not-applicable']),
  ].filter(isText);
  const cases = judged === 0 ? '0 cases judged' : `${sayCases(judged)} judged: ${results.join(', ')}`;
  return [cases, ...(others.length === 0 ? [] : [others.join(', ')])].join('; ');
}

/** Describes a case of which one aspect passed and another was not observable. */
export const PASSED_IN_PART = 'passed in part';

/** Returns the number of cases of which only a part was observed, and passed. */
export function passedInPart({ judged, passed, failed, nonStrict }: Summary): number {
  return judged - passed - failed - nonStrict;
}

/** Returns the number of cases of which nothing was observed. */
export function unseenIn(summary: Summary): number {
  return summary.notObservable - passedInPart(summary);
}

function sayCases(n: number): string {
  return `${n} ${n === 1 ? 'case' : 'cases'}`;
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
        word: !cases.some(isUnseen) ? 'Passed' : 'Every observable MUST is met',
        sentence: [
          sayExtent(cases),
          ...soft,
          ...(soft.length > 0 ? ['These fail the run under --strict.'] : []),
        ].join(' '),
      };
  }
}

function isUnseen({ verdicts }: CaseReport): boolean {
  return Object.values(verdicts).some(({ status }) => status === 'not-observable');
}

/** Returns the coverage, with the numbers of the counts: `17 cases were judged, 5 of them in part; 6 were not observable.` */
function sayExtent(cases: readonly CaseReport[]): string {
  const summary = summarize(cases);
  const { judged } = summary;
  const partial = passedInPart(summary);
  const unseen = unseenIn(summary);
  const parts = [
    `${judged} ${judged === 1 ? 'case was' : 'cases were'} judged`,
    partial > 0 ? `, ${partial} of them in part` : '',
    unseen > 0 ? `; ${unseen} ${unseen === 1 ? 'was' : 'were'} not observable` : '',
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

/** Returns the answer of the receiver that a verdict rejects; null without one. */
export function wrongAnswerIn({ status, answer }: Verdict): string | null {
  return status === 'failed' || status === 'non-strict' ? (answer ?? null) : null;
}

function brokenAt(cases: readonly CaseReport[], level: Level): CaseReport[] {
  return cases.filter((one) => brokenLevel(one) === level);
}

/** Names up to five ids and counts the rest; returns null for an empty list. */
function naming(what: string, cases: readonly CaseReport[]): string | null {
  if (cases.length === 0) return null;
  const ids = cases.slice(0, 5).map(({ id }) => id);
  const left = cases.length - ids.length;
  return `${what}: ${ids.join(', ')}${left > 0 ? ` and ${left} more ${left === 1 ? 'case' : 'cases'}` : ''}.`;
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
