import { CodedError } from '../../mock-server/index.ts';
import { type SuiteReport, summarize } from '../report.ts';
import { createReportReader, type ReportReader } from './report-reader.ts';

/** Changes only when programs that read reports have to change. */
const FORMAT = 'stuntdouble.report/1';

let reader: ReportReader | undefined;

/** Writes a report with its keys in a fixed order, so that two reports can be compared as text. */
export function formatJson(report: SuiteReport): string {
  return `${JSON.stringify({ format: FORMAT, ...readReport(report) }, null, 2)}\n`;
}

/**
 * Reads a report from a file. Unknown keys are dropped, and the summary is computed again.
 * @throws {CodedError} OPTION_INVALID with the place and the expected value
 */
export function parseReport(text: string): SuiteReport {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw refusal(`invalid JSON: ${(error as Error).message}`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const { format } = value as { readonly format?: unknown };
    if (format !== FORMAT) throw refusal(`its format is ${show(format)}; expected "${FORMAT}"`);
  }
  return readReport(value);
}

/** A report without what is computed, or what reports of earlier versions lack. */
type StoredReport = Omit<SuiteReport, 'summary' | 'headlines' | 'inconclusive'> &
  Partial<Pick<SuiteReport, 'headlines' | 'inconclusive'>>;

/** Reads a report that a mock has sent. @throws {CodedError} OPTION_INVALID with the place and the expected value */
export function readReport(value: unknown): SuiteReport {
  reader ??= createReportReader();
  const result = reader(value);
  if (result.type === 'invalid') {
    const { place, expected, actual } = result;
    throw refusal(`${place === '' ? 'the report' : place} must be ${expected}, got ${show(actual)}`);
  }
  const { cases, headlines = [], inconclusive = null, ...rest } = result.value as StoredReport;
  return { ...rest, headlines, inconclusive, summary: summarize(cases), cases };
}

function refusal(what: string): CodedError {
  return new CodedError(
    'OPTION_INVALID',
    `cannot read the report: ${what}`,
    'Pass a file written by "stuntdouble verify … --report json=FILE".',
  );
}

function show(value: unknown): string {
  const json = value === undefined ? 'missing' : JSON.stringify(value);
  return json.length > 60 ? `${json.slice(0, 60)}…` : json;
}
