import { readFileSync } from 'node:fs';
import type { CaseDefinition } from '../contract-tests/case-definition.ts';
import { type Conclusion, conclude, type SuiteReport } from '../contract-tests/report.ts';
import { formatHtml } from '../contract-tests/reporters/html.ts';
import { parseReport } from '../contract-tests/reporters/json.ts';
import { createProgress, type Progress } from '../contract-tests/reporters/progress.ts';
import { formatTerminal } from '../contract-tests/reporters/terminal.ts';
import {
  parseReportTargets,
  type RenderOptions,
  type ReportFormat,
  renderReport,
} from '../contract-tests/reporters/write-reports.ts';
import { CodedError, type Pack } from '../mock-server/index.ts';
import { EXIT } from './exit-codes.ts';
import { printCases } from './list-cases.ts';
import type { Printer } from './print.ts';
import { asRunHere, programName } from './program-name.ts';
import { checkWritable, writeReports } from './report-files.ts';
import { sarifLocation } from './sarif-location.ts';

/** What every suite can be told about its output. */
export interface SuiteFlags {
  readonly only?: readonly string[];
  readonly strict?: boolean;
  readonly list?: boolean;
  readonly dryRun?: boolean;
  /** Like `junit=report.xml,html=report.html`. */
  readonly report?: string;
  /** Earlier reports to show next to this one on the page. */
  readonly compare?: readonly string[];
  /** The file that SARIF results point at. */
  readonly sarifLocation?: string;
  readonly config?: string;
}

/** A suite, and its runner once there is something to judge. */
export interface Suite {
  readonly cases: readonly CaseDefinition[];
  /** Loads the packs whose figures the texts of the cases name when they are listed. */
  readonly packs: () => readonly Pack[];
  /** Null when nothing was given that could be judged. */
  readonly judge: ((progress: Progress) => Promise<SuiteReport>) | null;
  /** The error when nothing was given: it says what to give. */
  readonly missing: CodedError;
  /** Ids, or their beginnings, of the cases that will run where the user names none. */
  readonly wanted?: readonly string[] | undefined;
  /** What to say before the run: its limits. */
  readonly announce?: () => string;
}

/** What a suite's conclusion means to CI. */
const EXIT_OF: Readonly<Record<Conclusion, number>> = {
  passed: EXIT.ok,
  'must-failed': EXIT.failed,
  'should-failed': EXIT.warned,
  inconclusive: EXIT.couldNotRun,
  'nothing-judged': EXIT.couldNotRun,
};

/** Lists the cases, or judges: prints what was found, and writes the reports that were asked for. */
export async function runSuite(suite: Suite, flags: SuiteFlags, printer: Printer): Promise<number> {
  const { strict = false, report: targets, list = false, dryRun = false } = flags;
  const only = flags.only ?? suite.wanted ?? [];
  const fits = ({ id }: CaseDefinition): boolean =>
    only.length === 0 || only.some((start) => id.startsWith(start.toUpperCase()));
  if (list || dryRun) {
    printCases(suite.cases.filter(fits), suite.packs(), printer);
    return EXIT.ok;
  }
  const wanted = targets === undefined ? [] : parseReportTargets(targets);
  const others = (flags.compare ?? []).map(readReport);
  const writeAll = (reports: readonly SuiteReport[]): void => {
    const location = sarifLocation(process.cwd(), flags.sarifLocation);
    const options = { strict, sarifLocation: location };
    writeReports(
      wanted.map(({ format, file }) => ({ file, text: () => renderAll(format, reports, options) })),
    );
  };
  if (suite.judge === null && (others.length === 0 || wanted.length === 0)) throw suite.missing;
  for (const { file } of wanted) checkWritable(file);
  if (suite.judge === null) {
    writeAll(others);
    return EXIT.ok;
  }
  const announcement = suite.announce?.();
  const progress = createProgress({
    stream: process.stderr,
    isTTY: process.stderr.isTTY === true && !printer.json,
    total: suite.cases.filter(fits).length,
  });
  if (announcement !== undefined) progress.say(announcement);
  const judged = await suite.judge(progress).finally(progress.end);
  const report = withOwnReplays(judged, strict);
  // First the verdict: it must not depend on what becomes of files.
  const code = tell(report, strict, printer);
  writeAll([report, ...others]);
  return code;
}

function tell(report: SuiteReport, strict: boolean, printer: Printer): number {
  for (const headline of report.headlines) printer.object({ type: 'headline', ...headline });
  for (const one of report.cases) printer.object({ type: 'case', ...one });
  const { cases: _cases, ...rest } = report;
  const conclusion = conclude(report, strict);
  printer.object({ type: 'report', ...rest, conclusion });
  printer.report(formatTerminal(report, { color: printer.colour, strict }));
  return EXIT_OF[conclusion];
}

/** The lines that reproduce a case, as this user runs the program. */
function withOwnReplays(report: SuiteReport, strict: boolean): SuiteReport {
  const program = programName({ argv: process.argv, env: process.env, cwd: process.cwd() });
  const cases = report.cases.map((one) => ({ ...one, replay: asRunHere(one.replay, program, strict) }));
  return { ...report, cases };
}

/** The page shows all of them; the other formats are about one run. */
function renderAll(format: ReportFormat, reports: readonly SuiteReport[], options: RenderOptions): string {
  if (format === 'html') return formatHtml(reports, options);
  const [own] = reports;
  return own === undefined ? '' : renderReport(format, own, options);
}

function readReport(file: string): SuiteReport {
  try {
    return parseReport(readFileSync(file, 'utf8'));
  } catch (error) {
    const why = (error as Error).message;
    throw new CodedError(
      'OPTION_INVALID',
      `${file} is not a report to compare with: ${why}`,
      'Write one with --report json=FILE.',
    );
  }
}
