import { CodedError } from '../../mock-server/index.ts';
import { nearest } from '../../mock-server/internal.ts';
import type { SuiteReport } from '../report.ts';
import { formatHtml } from './html.ts';
import { formatJson } from './json.ts';
import { formatJunit } from './junit.ts';
import { formatSarif } from './sarif.ts';

export interface RenderOptions {
  /** Whether a failed SHOULD fails the run. */
  readonly strict: boolean;
  /** File that SARIF results point at, relative to the root of the repository. */
  readonly sarifLocation?: string;
}

const FORMATS = {
  junit: formatJunit,
  sarif: (report, { sarifLocation }) =>
    formatSarif(report, sarifLocation === undefined ? {} : { location: sarifLocation }),
  json: (report) => formatJson(report),
  html: (report, options) => formatHtml([report], options),
} satisfies Readonly<Record<string, (report: SuiteReport, options: RenderOptions) => string>>;

export type ReportFormat = keyof typeof FORMATS;

export interface ReportTarget {
  readonly format: ReportFormat;
  readonly file: string;
}

const NAMES = Object.keys(FORMATS) as ReportFormat[];

/**
 * Renders a report in the given format.
 * @returns the content of the report's file
 */
export function renderReport(format: ReportFormat, report: SuiteReport, options: RenderOptions): string {
  return FORMATS[format](report, options);
}

/**
 * Reads `junit=report.xml,html=report.html`.
 * @throws {CodedError} OPTION_INVALID
 */
export function parseReportTargets(text: string): ReportTarget[] {
  const targets = text.split(',').map((part) => readTarget(part.trim()));
  const files = targets.map(({ file }) => file);
  const duplicate = files.find((file, index) => files.indexOf(file) !== index);
  if (duplicate !== undefined)
    throw invalid(`two reports would be written to ${duplicate}`, 'Give each report its own file.');
  return targets;
}

function readTarget(part: string): ReportTarget {
  const [, name = '', file = ''] = /^([^=]*)(?:=(.*))?$/s.exec(part) ?? [];
  const format = NAMES.find((known) => known === name.trim().toLowerCase());
  if (format === undefined) throw invalid(`unknown report format "${name.trim()}"`, hint(name));
  if (file.trim() === '') {
    throw invalid(`report format "${format}" has no file`, `Use ${format}=FILE.`);
  }
  return { format, file: file.trim() };
}

function hint(name: string): string {
  const [close] = nearest(name.trim().toLowerCase(), NAMES, 1);
  const all = `Supported formats: ${NAMES.join(', ')}, each as FORMAT=FILE.`;
  return close === undefined || name.trim() === '' ? all : `Did you mean ${close}? ${all}`;
}

function invalid(message: string, remedy: string): CodedError {
  return new CodedError('OPTION_INVALID', message, remedy);
}
