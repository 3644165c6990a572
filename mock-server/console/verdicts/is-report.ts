import type { SuiteReport } from '../admin-types.ts';

/** A report of this or a previous version, in which findings about the whole run may be missing. */
export type OpenedReport = Omit<SuiteReport, 'headlines' | 'inconclusive'> &
  Partial<Pick<SuiteReport, 'headlines' | 'inconclusive'>>;

/** Returns whether a value is a report. It comes from a file, or from the judge that the mock was started with. */
export function isReport(value: unknown): value is OpenedReport {
  if (typeof value !== 'object' || value === null) return false;
  const { suite, cases, summary, headlines = [] } = value as Partial<Record<keyof OpenedReport, unknown>>;
  return (
    typeof suite === 'string' &&
    Array.isArray(cases) &&
    cases.every(isCase) &&
    typeof summary === 'object' &&
    Array.isArray(headlines) &&
    headlines.every(isHeadline)
  );
}

function isHeadline(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { text, remedy } = value as Record<string, unknown>;
  return typeof text === 'string' && typeof remedy === 'string';
}

function isCase(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const one = value as Record<string, unknown>;
  const texts = ['id', 'group', 'title', 'level', 'status', 'requirement', 'why', 'remedy', 'replay'];
  return (
    texts.every((name) => typeof one[name] === 'string') &&
    typeof one.verdicts === 'object' &&
    one.verdicts !== null &&
    Array.isArray(one.timeline)
  );
}
