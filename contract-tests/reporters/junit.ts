import { type Markup, xml } from '../../mock-server/pages/markup.ts';
import { brokenLevel, type CaseReport, conclude, type SuiteReport } from '../report.ts';
import { formatDetails } from './case-details.ts';
import { byGroup, countsAgainst, LEVEL_WORDS, STATUS_WORDS, sayConclusion } from './wording.ts';

export interface JunitOptions {
  /** Whether a failed SHOULD is a failure; otherwise it is reported in the suite's `system-out`. */
  readonly strict: boolean;
}

/** What all suites of a file have in common. */
export interface JunitRun {
  /** The first part of the class names, such as `receiver`. */
  readonly name: string;
  readonly startedAt: string;
  readonly properties: readonly (readonly [name: string, value: string])[];
}

/** One `testsuite`; its counts are computed from its tests. */
export interface JunitSuite {
  readonly name: string;
  readonly durationMs: number;
  readonly tests: readonly JunitTest[];
  /** Human-readable text that does not belong to a test. */
  readonly out: string;
}

export interface JunitTest {
  readonly name: string;
  readonly durationMs: number;
  readonly outcome: 'passed' | 'failure' | 'error' | 'skipped';
  readonly content: Markup | null;
}

/** Formats a report with one suite per group. */
export function formatJunit(report: SuiteReport, { strict }: JunitOptions): string {
  const groups = [...byGroup(report.cases)].map(([group, cases]) => suiteOf(group, cases, strict));
  const { suite: name, startedAt } = report;
  return writeJunit({ name, startedAt, properties: propertiesOf(report) }, [
    ...runSuite(report, strict),
    ...groups,
  ]);
}

/**
 * Writes JUnit XML. It is valid by both schemas in use: that of Ant (no attributes on the root, one child per test, all
 * attributes of a suite) and that of Jenkins.
 */
export function writeJunit(run: JunitRun, suites: readonly JunitSuite[]): string {
  const { markup } = xml`<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
${suites.map((suite, index) => writeSuite(run, suite, index))}</testsuites>
`;
  return markup;
}

function writeSuite(run: JunitRun, { name, durationMs, tests, out }: JunitSuite, index: number): Markup {
  const count = (outcome: JunitTest['outcome']): number =>
    tests.filter((test) => test.outcome === outcome).length;
  // The Ant schema requires a time without a zone.
  const startedAt = run.startedAt.slice(0, 19);
  return xml`  <testsuite id="${index}" package="${`stuntdouble.${run.name}`}" name="${name}" hostname="localhost" timestamp="${startedAt}" tests="${tests.length}" failures="${count('failure')}" errors="${count('error')}" skipped="${count('skipped')}" time="${seconds(durationMs)}">
    <properties>
${run.properties.map(([key, value]) => xml`      <property name="${key}" value="${value}"/>\n`)}    </properties>
${tests.map(
  (test) =>
    xml`    <testcase classname="${`${run.name}.${name}`}" name="${test.name}" time="${seconds(test.durationMs)}">${test.content}</testcase>\n`,
)}    <system-out>${out}</system-out>
    <system-err/>
  </testsuite>
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

/** Puts findings about the whole run before the suites of cases. */
function runSuite(report: SuiteReport, strict: boolean): JunitSuite[] {
  const conclusion = conclude(report, strict);
  // CI servers show a run as green when every test is skipped.
  const provesNothing = conclusion === 'nothing-judged' || conclusion === 'inconclusive';
  if (!provesNothing && report.headlines.length === 0) return [];
  const { word, sentence } = sayConclusion(report, strict);
  const test: JunitTest = {
    name: 'The run is conclusive',
    durationMs: 0,
    outcome: 'error',
    content: xml`<error type="${conclusion}" message="${`${word}. ${sentence}`}"/>`,
  };
  const out = report.headlines.map(({ text, remedy }) => `${text}\nHow to fix: ${remedy}\n`).join('\n');
  return [{ name: 'Run', durationMs: 0, tests: provesNothing ? [test] : [], out }];
}

function suiteOf(group: string, cases: readonly CaseReport[], strict: boolean): JunitSuite {
  return {
    name: group,
    durationMs: cases.reduce((sum, { durationMs }) => sum + durationMs, 0),
    tests: cases.map((one) => testOf(one, strict)),
    out: cases.map((one) => remarkOn(one, strict)).join(''),
  };
}

function testOf(one: CaseReport, strict: boolean): JunitTest {
  const { durationMs } = one;
  const name = `${one.id} ${one.title}`;
  if (isSkipped(one)) {
    const message = `${STATUS_WORDS[one.status]}: ${reasons(one)}`;
    return { name, durationMs, outcome: 'skipped', content: xml`<skipped message="${message}"/>` };
  }
  if (!countsAgainst(one, strict)) return { name, durationMs, outcome: 'passed', content: null };
  const details = formatDetails(one).map((line) => xml`${line}\n`);
  const content = xml`<failure type="${brokenLevel(one) ?? one.status}" message="${reasons(one)}">${details}</failure>`;
  return { name, durationMs, outcome: 'failure', content };
}

/** Describes a failed case that does not fail the run; returns an empty string for any other case. */
function remarkOn(one: CaseReport, strict: boolean): string {
  if (isSkipped(one) || one.status === 'passed' || countsAgainst(one, strict)) return '';
  const broken = brokenLevel(one);
  const word = broken === null ? STATUS_WORDS[one.status] : `${LEVEL_WORDS[broken]} not met`;
  const weight = broken === 'info' ? 'for information only' : 'fails the run under --strict';
  return [`${one.id}: ${word}; ${weight}. ${reasons(one)}`, ...formatDetails(one), '', ''].join('\n');
}

/** Explains each verdict that has the status of the case. */
function reasons({ status, verdicts }: CaseReport): string {
  return Object.values(verdicts)
    .filter((verdict) => verdict.status === status)
    .map(({ expected, actual }) =>
      status === 'failed' || status === 'non-strict' ? `expected ${expected}; actual: ${actual}` : actual,
    )
    .join(' | ');
}

function isSkipped({ status }: CaseReport): boolean {
  return status === 'not-observable' || status === 'not-applicable';
}

/** The schemas disagree on negative times and exponents, so neither is written. */
function seconds(durationMs: number): string {
  return (Math.max(0, durationMs) / 1000).toFixed(3);
}
