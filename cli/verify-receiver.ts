import { readFileSync, writeFileSync } from 'node:fs';
import { RECEIVER_CASES } from '../contract-tests/receiver/cases.ts';
import { judgeReceiver, type ReceiverOptions } from '../contract-tests/receiver/judge-receiver.ts';
import { type Conclusion, conclude, type SuiteReport } from '../contract-tests/report.ts';
import { formatHtml } from '../contract-tests/reporters/html.ts';
import { parseReport } from '../contract-tests/reporters/json.ts';
import { createProgress } from '../contract-tests/reporters/progress.ts';
import { formatTerminal } from '../contract-tests/reporters/terminal.ts';
import {
  parseReportTargets,
  type ReportFormat,
  renderReport,
} from '../contract-tests/reporters/write-reports.ts';
import { CodedError } from '../mock-server/index.ts';
import { EXIT } from './exit-codes.ts';
import { printCases } from './list-cases.ts';
import type { Printer } from './print.ts';

export interface VerifyReceiverFlags {
  readonly event: string;
  readonly pack?: readonly string[];
  readonly profile?: string;
  readonly seed?: string;
  readonly only?: readonly string[];
  readonly strict?: boolean;
  readonly ackTimeout?: string;
  readonly settle?: string;
  readonly secret?: string;
  readonly probe?: string;
  readonly submit?: string;
  readonly apiPort?: number;
  readonly restartCmd?: string;
  readonly jobs?: number;
  readonly report?: string;
  readonly tls?: string | true;
  readonly compare?: readonly string[];
  readonly list?: boolean;
  readonly dryRun?: boolean;
}

/** What a suite's conclusion means to CI. */
const EXIT_OF: Readonly<Record<Conclusion, number>> = {
  passed: EXIT.ok,
  'must-failed': EXIT.failed,
  'should-failed': EXIT.warned,
  'nothing-judged': EXIT.couldNotRun,
};

/** Judges the receiver at a URL, prints what was found, and writes the reports that were asked for. */
export async function verifyReceiver(
  url: string | undefined,
  flags: VerifyReceiverFlags,
  printer: Printer,
): Promise<number> {
  const { strict = false, report: targets, list = false, dryRun = false, only = [] } = flags;
  if (list || dryRun) {
    const chosen = RECEIVER_CASES.filter(
      ({ id }) => only.length === 0 || only.some((start) => id.startsWith(start)),
    );
    printCases(chosen, printer);
    return EXIT.ok;
  }
  const wanted = targets === undefined ? [] : parseReportTargets(targets);
  const others = (flags.compare ?? []).map(readReport);
  const writeAll = (reports: readonly SuiteReport[]): void => {
    for (const { format, file } of wanted) write(file, renderAll(format, reports, strict));
  };
  if (url === undefined) {
    if (others.length === 0 || wanted.length === 0)
      throw new CodedError(
        'OPTION_INVALID',
        'there is no URL to judge',
        'Give one, or reports to put side by side: --compare a.json b.json --report html=F',
      );
    writeAll(others);
    return EXIT.ok;
  }
  const progress = createProgress({
    stream: process.stderr,
    isTTY: process.stderr.isTTY === true && !printer.json,
    total: only.length === 0 ? RECEIVER_CASES.length : null,
  });
  const report = await judgeReceiver({
    ...optionsOf(url, flags),
    onStarted: progress.started,
    onFinished: progress.finished,
  }).finally(progress.end);
  writeAll([report, ...others]);
  return tell(report, strict, printer);
}

function tell(report: SuiteReport, strict: boolean, printer: Printer): number {
  for (const one of report.cases) printer.object({ type: 'case', ...one });
  const { cases: _cases, ...rest } = report;
  const conclusion = conclude(report, strict);
  printer.object({ type: 'report', ...rest, conclusion });
  printer.line(formatTerminal(report, { color: printer.colour, strict }));
  return EXIT_OF[conclusion];
}

function optionsOf(url: string, flags: VerifyReceiverFlags): ReceiverOptions {
  const { pack, restartCmd, strict: _s, report: _r, list: _l, dryRun: _d, compare: _c, tls, ...same } = flags;
  return {
    ...same,
    url,
    ...(pack === undefined ? {} : { packs: pack }),
    ...(tls === undefined ? {} : { tls: tls === true ? '.stuntdouble' : tls }),
    ...(restartCmd === undefined ? {} : { restartCommand: restartCmd }),
  };
}

/** The page takes them all; the other formats are about one run. */
function renderAll(format: ReportFormat, reports: readonly SuiteReport[], strict: boolean): string {
  if (format === 'html') return formatHtml(reports, { strict });
  const [own] = reports;
  return own === undefined ? '' : renderReport(format, own, { strict });
}

function readReport(file: string): SuiteReport {
  try {
    return parseReport(readFileSync(file, 'utf8'));
  } catch (error) {
    const why = (error as Error).message;
    throw new CodedError(
      'OPTION_INVALID',
      `${file} is no report to compare with: ${why}`,
      'Write one with --report json=F.',
    );
  }
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new CodedError(
      'OPTION_INVALID',
      `the report ${file} cannot be written: ${(error as Error).message}`,
    );
  }
}
