import { visible } from '../../mock-server/pages/visible.ts';
import {
  brokenLevel,
  type CaseReport,
  conclude,
  type Level,
  type SuiteReport,
  type Verdict,
} from '../report.ts';
import {
  capitalized,
  LEVEL_WORDS,
  remedyOf,
  STATUS_WORDS,
  sayAspect,
  sayConclusion,
  sourceTexts,
  wrongAnswerIn,
} from './wording.ts';

const SARIF_LEVELS = { must: 'error', should: 'warning', info: 'note' } as const satisfies Readonly<
  Record<Level, string>
>;

export interface SarifOptions {
  /** File that results point at, relative to the root of the repository (default: package.json). */
  readonly location?: string;
}

/**
 * SARIF 2.1.0 with a rule for each case that was run and a result for each failed or non-strict case. Findings about
 * the whole run come first, as results of a separate rule, because viewers show only results.
 */
export function formatSarif(report: SuiteReport, { location = 'package.json' }: SarifOptions = {}): string {
  const { suite, version, target, pack, profile, event, seed, startedAt, durationMs } = report;
  const findings = findingsOf(report);
  const found = report.cases.filter(({ status }) => status === 'failed' || status === 'non-strict');
  const run = {
    tool: {
      driver: {
        name: 'stuntdouble',
        version,
        rules: [...report.cases.map(ruleOf), ...(findings.length > 0 ? [RUN_RULE] : [])],
      },
    },
    // Compares runs of the same event, regardless of the receiver's URL.
    automationDetails: { id: `stuntdouble/${suite}/${pack}/${event ?? 'all'}/` },
    invocations: [invocationOf(report)],
    columnKind: 'utf16CodeUnits',
    results: [
      ...findings.map((finding) => runResult(report, finding, location)),
      ...found.map((one) => resultOf(report, one, location)),
    ],
    properties: {
      headlines: report.headlines,
      inconclusive: report.inconclusive,
      suite,
      target,
      pack,
      profile,
      event,
      seed,
      startedAt,
      durationMs,
      settings: report.settings,
    },
  };
  const log = { $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [run] };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function ruleOf({ id, title, requirement, why, remedy, level, group, sources }: CaseReport): object {
  const pages = sourceTexts(sources);
  return {
    id,
    shortDescription: { text: plainText(title) },
    fullDescription: { text: plainText(requirement) },
    help: {
      text: plainText(`${remedy}\n\nWhy it matters: ${why}\n\nBased on: ${pages.join('; ')}`),
      markdown: `${asMarkdown(remedy)}\n\n**Why it matters:** ${asMarkdown(why)}\n\n**Based on:** ${pages.map(asMarkdown).join('; ')}`,
    },
    defaultConfiguration: { level: SARIF_LEVELS[level] },
    properties: { group, level: LEVEL_WORDS[level], tags: [...new Set(['contract', group])] },
  };
}

function resultOf(
  { suite, target, pack, profile, event, cases }: SuiteReport,
  one: CaseReport,
  location: string,
): object {
  const broken = brokenLevel(one);
  return {
    ruleId: one.id,
    ruleIndex: cases.indexOf(one),
    level: broken === null ? 'note' : SARIF_LEVELS[broken],
    message: { text: plainText(messageOf(one)) },
    locations: locationsOf(target, location),
    // Excludes the target, whose port differs between runs.
    partialFingerprints: { 'stuntdoubleCase/v1': [suite, pack, profile, event ?? '', one.id].join('/') },
    properties: { status: one.status, stimulus: one.stimulus, replay: one.replay },
  };
}

function locationsOf(target: string, location: string): object[] {
  return [
    {
      // A contract judges a process, not a file, but GitHub code scanning rejects results without one.
      physicalLocation: { artifactLocation: { uri: encodeURI(location) }, region: { startLine: 1 } },
      logicalLocations: [{ fullyQualifiedName: target, kind: 'resource' }],
    },
  ];
}

/** A finding about the whole run. */
interface SarifFinding {
  readonly level: 'warning' | 'error';
  readonly text: string;
}

const RUN_RULE = {
  id: 'RUN',
  shortDescription: { text: 'The run is conclusive' },
  fullDescription: { text: 'No problem outside the cases explains or prevents their verdicts.' },
  help: {
    text: 'Fix the reported problem, then run the contract again.',
    markdown: 'Fix the reported problem, then run the contract again.',
  },
  defaultConfiguration: { level: 'warning' },
  properties: { group: 'Run', tags: ['contract'] },
} as const;

function findingsOf(report: SuiteReport): SarifFinding[] {
  const provesNothing = ['nothing-judged', 'inconclusive'].includes(conclude(report, false));
  const { word, sentence } = sayConclusion(report, false);
  return [
    ...report.headlines.map(
      ({ text, remedy }): SarifFinding => ({
        level: 'warning',
        text: `${text} How to fix: ${remedy}`,
      }),
    ),
    ...(provesNothing ? [{ level: 'error', text: `${word}. ${sentence}` } as const] : []),
  ];
}

function runResult(
  { suite, target, pack, profile, event, cases }: SuiteReport,
  { level, text }: SarifFinding,
  location: string,
): object {
  return {
    ruleId: RUN_RULE.id,
    // The run's rule follows the rules of the cases.
    ruleIndex: cases.length,
    level,
    message: { text: plainText(text) },
    locations: locationsOf(target, location),
    // Ports differ between runs.
    partialFingerprints: {
      'stuntdoubleCase/v1': [suite, pack, profile, event ?? '', text.replace(/:\d+/g, '')].join('/'),
    },
    properties: { status: level },
  };
}

function messageOf(one: CaseReport): string {
  const wrong = Object.entries(one.verdicts)
    .filter(([, { status }]) => status === one.status)
    .map(([aspect, verdict]) => sentenceOf(aspect, verdict));
  return [
    `${capitalized(STATUS_WORDS[one.status])}: ${one.title}.`,
    ...wrong,
    ...answered(one),
    `How to fix: ${remedyOf(one)}`,
  ].join('\n');
}

function answered(one: CaseReport): string[] {
  return Object.values(one.verdicts).flatMap((verdict) => {
    const answer = wrongAnswerIn(verdict);
    return answer === null ? [] : [`The receiver answered ${answer}.`];
  });
}

function sentenceOf(aspect: string, { expected, actual }: Verdict): string {
  return `${sayAspect(aspect)}: expected ${expected}; actual: ${actual}`;
}

function invocationOf(report: SuiteReport): object {
  const { startedAt, durationMs } = report;
  const findings = findingsOf(report);
  const notifications = findings.map(({ level, text }) => ({ level, message: { text: plainText(text) } }));
  return {
    executionSuccessful: !findings.some(({ level }) => level === 'error'),
    startTimeUtc: startedAt,
    endTimeUtc: new Date(Date.parse(startedAt) + durationMs).toISOString(),
    ...(notifications.length > 0 ? { toolExecutionNotifications: notifications } : {}),
  };
}

/**
 * Escapes a text for a SARIF message. Braces would be placeholders (3.11.5) and brackets links (3.11.6), which a
 * receiver could otherwise inject into the page of a code scanner.
 */
export function plainText(text: string): string {
  return visible(text)
    .replace(/[\\[\]]/g, (char) => `\\${char}`)
    .replace(/[{}]/g, (char) => char + char);
}

/** Escapes characters that have a meaning in Markdown, and braces, which have one in SARIF. */
function asMarkdown(text: string): string {
  return (
    visible(text)
      .replace(/[\\`*_[\]<>#|!~&]/g, (char) => `\\${char}`)
      // A bare URL would become a link.
      .replaceAll('://', '\\://')
      .replace(/[{}]/g, (char) => char + char)
  );
}
