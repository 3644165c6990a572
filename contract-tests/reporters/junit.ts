import { brokenLevel, type CaseReport, conclude, type SuiteReport } from '../report.ts';
import { formatDetails } from './case-details.ts';
import { type Markup, xml } from './markup.ts';
import { byGroup, countsAgainst, LEVEL_WORDS, STATUS_WORDS, sayConclusion } from './wording.ts';

export interface JunitOptions {
  /** A broken SHOULD is a failure, too; else it stands in `system-out`. */
  readonly strict: boolean;
}

/** JUnit XML, as CI servers read it: a suite for each group. */
export function formatJunit(report: SuiteReport, { strict }: JunitOptions): string {
  const suites = [...byGroup(report.cases)].map(([group, cases]) => suiteOf(report, group, cases, strict));
  // A run whose every test is skipped looks green to CI servers.
  const conclusion = conclude(report, strict);
  const isEmpty = conclusion === 'nothing-judged' || conclusion === 'inconclusive';
  const failures = report.cases.filter((one) => countsAgainst(one, strict)).length;
  const tests = report.cases.length + (isEmpty ? 1 : 0);
  const { markup } = xml`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="${`stuntdouble ${report.suite} ${report.event ?? ''}`.trim()}" tests="${tests}" failures="${failures}" errors="${isEmpty ? 1 : 0}" skipped="${report.cases.filter(isSkipped).length}" time="${seconds(report.durationMs)}">
${isEmpty ? emptyRun(report, strict) : headlineSuite(report)}${suites}</testsuites>
`;
  return markup;
}

function suiteOf(report: SuiteReport, group: string, cases: readonly CaseReport[], strict: boolean): Markup {
  const failures = cases.filter((one) => countsAgainst(one, strict)).length;
  const durationMs = cases.reduce((sum, one) => sum + one.durationMs, 0);
  return xml`  <testsuite name="${group}" tests="${cases.length}" failures="${failures}" errors="0" skipped="${cases.filter(isSkipped).length}" time="${seconds(durationMs)}" timestamp="${report.startedAt}">
    <properties>
${propertiesOf(report).map(([name, value]) => xml`      <property name="${name}" value="${value}"/>\n`)}    </properties>
${cases.map((one) => testOf(report, one, strict))}  </testsuite>
`;
}

function propertiesOf(report: SuiteReport): [string, string][] {
  const { target, pack, profile, event, seed, version, channels, settings, notes } = report;
  return [
    ['target', target],
    ['pack', pack],
    ['profile', profile],
    ['event', event ?? ''],
    ['seed', seed],
    ['stuntdouble.version', version],
    ...Object.entries(settings).map(([name, value]): [string, string] => [`setting.${name}`, value]),
    ...Object.entries(channels).map(([name, there]): [string, string] => [`channel.${name}`, String(there)]),
    ...notes.map((note, index): [string, string] => [`note.${index + 1}`, note]),
  ];
}

function testOf(report: SuiteReport, one: CaseReport, strict: boolean): Markup {
  return xml`    <testcase classname="${`${report.suite}.${one.group}`}" name="${`${one.id} ${one.title}`}" time="${seconds(one.durationMs)}">${outcomeOf(one, strict)}</testcase>
`;
}

function outcomeOf(one: CaseReport, strict: boolean): Markup | null {
  if (isSkipped(one)) return xml`<skipped message="${`${STATUS_WORDS[one.status]}: ${reasons(one)}`}"/>`;
  if (one.status === 'passed') return null;
  const broken = brokenLevel(one);
  const details = formatDetails(one).map((line) => xml`${line}\n`);
  if (countsAgainst(one, strict)) {
    return xml`<failure type="${broken ?? one.status}" message="${reasons(one)}">${details}</failure>`;
  }
  const word = broken === null ? STATUS_WORDS[one.status] : `${LEVEL_WORDS[broken]} broken`;
  const remark = broken === 'info' ? 'for your information' : 'counts under --strict';
  return xml`<system-out>${`${word}; ${remark}. ${reasons(one)}`}\n${details}</system-out>`;
}

/** What is wrong, of each verdict that made the case what it is. */
function reasons({ status, verdicts }: CaseReport): string {
  return Object.values(verdicts)
    .filter((verdict) => verdict.status === status)
    .map(({ expected, actual }) =>
      status === 'failed' || status === 'non-strict' ? `expected ${expected}; actual: ${actual}` : actual,
    )
    .join(' | ');
}

/** Findings about the whole run, before all suites of cases. */
function headlineSuite(report: SuiteReport): Markup | null {
  if (report.headlines.length === 0) return null;
  return xml`  <testsuite name="the run" tests="0" failures="0" errors="0" skipped="0" time="0.000" timestamp="${report.startedAt}">
    <system-out>${headlineText(report)}</system-out>
  </testsuite>
`;
}

function headlineText({ headlines }: SuiteReport): string {
  return headlines.map(({ text, remedy }) => `${text}\nHow to fix: ${remedy}\n`).join('\n');
}

function emptyRun(report: SuiteReport, strict: boolean): Markup {
  const { word, sentence } = sayConclusion(report, strict);
  return xml`  <testsuite name="the run" tests="1" failures="0" errors="1" skipped="0" time="0.000" timestamp="${report.startedAt}">
    <testcase classname="${`${report.suite}.the run`}" name="at least one case is judged" time="0.000"><error type="${conclude(report, strict)}" message="${`${word}. ${sentence}`}"/></testcase>
    <system-out>${headlineText(report)}</system-out>
  </testsuite>
`;
}

function isSkipped({ status }: CaseReport): boolean {
  return status === 'not-observable' || status === 'not-applicable';
}

function seconds(durationMs: number): string {
  return (durationMs / 1000).toFixed(3);
}
