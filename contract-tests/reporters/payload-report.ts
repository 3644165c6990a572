import type { MessageProblem } from '../../mock-server/internal.ts';
import { xml } from '../../mock-server/pages/markup.ts';
import { type JunitTest, writeJunit } from './junit.ts';
import { plainText } from './sarif.ts';

/** The verdicts on captured messages. */
export interface PayloadReport {
  readonly version: string;
  /** The event or operation that the messages belong to. */
  readonly subject: string;
  /** The file of the messages, relative to the root of the repository. */
  readonly file: string;
  readonly startedAt: string;
  readonly messages: readonly MessageVerdict[];
}

export interface MessageVerdict {
  /** Line in the file, from 1. */
  readonly line: number;
  readonly problems: readonly MessageProblem[];
  /** Vendor pages that define the shape of the message. */
  readonly pages: readonly string[];
}

const RULE = {
  id: 'PAYLOAD',
  shortDescription: { text: 'The message is valid' },
  fullDescription: { text: 'The message has the shape that the OpenAPI document of the vendor defines.' },
  help: { text: 'Compare the message with the pages of the vendor, and fix the code that builds it.' },
  defaultConfiguration: { level: 'error' },
} as const;

const FORMATS = { junit: formatPayloadJunit, sarif: formatPayloadSarif } as const;

export type PayloadReportFormat = keyof typeof FORMATS;

export const PAYLOAD_REPORT_FORMATS = Object.keys(FORMATS) as PayloadReportFormat[];

/** Renders the verdicts on captured messages. @returns the content of the report's file */
export function renderPayloadReport(format: PayloadReportFormat, report: PayloadReport): string {
  return FORMATS[format](report);
}

/** JUnit XML with one test per message. */
function formatPayloadJunit({ version, subject, file, startedAt, messages }: PayloadReport): string {
  const tests = messages.map(({ line, problems, pages }): JunitTest => {
    const name = `${file}:${line}`;
    const [first] = problems;
    if (first === undefined) return { name, durationMs: 0, outcome: 'passed', content: null };
    const lines = [...problems.map(sentenceOf), ...pages.map((page) => `source: ${page}`)];
    const content = xml`<failure type="must" message="${sentenceOf(first)}">${lines.map((text) => xml`${text}\n`)}</failure>`;
    return { name, durationMs: 0, outcome: 'failure', content };
  });
  const properties = [
    ['file', file],
    ['subject', subject],
    ['stuntdouble.version', version],
  ] as const;
  return writeJunit({ name: 'payload', startedAt, properties }, [
    { name: subject, durationMs: 0, tests, out: '' },
  ]);
}

/** SARIF 2.1.0 with one result per problem, at the line of its message. */
function formatPayloadSarif({ version, subject, file, startedAt, messages }: PayloadReport): string {
  const results = messages.flatMap(({ line, problems, pages }) =>
    problems.map((problem) => ({
      ruleId: RULE.id,
      ruleIndex: 0,
      level: 'error',
      message: {
        text: plainText([sentenceOf(problem), ...pages.map((page) => `Source: ${page}`)].join('\n')),
      },
      locations: [
        {
          physicalLocation: { artifactLocation: { uri: encodeURI(file) }, region: { startLine: line } },
          logicalLocations: [{ fullyQualifiedName: `${subject}${problem.at}`, kind: 'member' }],
        },
      ],
      partialFingerprints: { 'stuntdoubleMessage/v1': [subject, file, line, problem.at].join(' ') },
      properties: { line, at: problem.at, text: sentenceOf(problem) },
    })),
  );
  const run = {
    tool: { driver: { name: 'stuntdouble', version, rules: [RULE] } },
    automationDetails: { id: `stuntdouble/payload/${subject}/` },
    invocations: [{ executionSuccessful: true, startTimeUtc: startedAt }],
    columnKind: 'utf16CodeUnits',
    results,
    properties: { subject, file, messages: messages.length },
  };
  const log = { $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [run] };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function sentenceOf({ at, message }: MessageProblem): string {
  return `${at === '' ? '/' : at} ${message}`;
}
