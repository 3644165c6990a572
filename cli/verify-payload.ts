import { readFileSync } from 'node:fs';
import { judgeAnswer, judgeCallback, type PayloadVerdict } from '../contract-tests/payload/judge-payload.ts';
import { type Captured, readCapture } from '../contract-tests/payload/read-capture.ts';
import {
  type MessageVerdict,
  PAYLOAD_REPORT_FORMATS,
  type PayloadReportFormat,
  renderPayloadReport,
} from '../contract-tests/reporters/payload-report.ts';
import { parseReportTargets } from '../contract-tests/reporters/write-reports.ts';
import { CodedError, loadPacks, VERSION } from '../mock-server/index.ts';
import { EXIT } from './exit-codes.ts';
import type { Printer } from './print.ts';
import { checkWritable, writeReports } from './report-files.ts';
import { sarifLocation } from './sarif-location.ts';

export interface VerifyPayloadFlags {
  readonly event?: string;
  readonly answer?: string;
  readonly status?: number;
  readonly pack?: readonly string[];
  readonly profile?: string;
  /** Formats and files, such as `junit=payload.xml,sarif=payload.sarif`. */
  readonly report?: string;
}

interface PayloadReportTarget {
  readonly format: PayloadReportFormat;
  readonly file: string;
}

/** Validates captured messages against the OpenAPI document of the vendor. */
export function verifyPayload(file: string, flags: VerifyPayloadFlags, printer: Printer): number {
  const judge = judgeFor(flags);
  const targets = flags.report === undefined ? [] : targetsIn(flags.report);
  const startedAt = new Date().toISOString();
  const messages = readCapture(readText(file));
  if (messages.length === 0) {
    throw new CodedError(
      'INPUT_UNREADABLE',
      `${file === '-' ? 'Standard input' : file} does not contain a message`,
      'Pass one JSON document, or one per line.',
    );
  }
  for (const target of targets) checkWritable(target.file);
  const judged = messages.map((message) => ({ line: message.line, ...verdictOn(message, judge) }));
  // Print the problems of all messages, not only of the first invalid one.
  for (const one of judged) printVerdict(file, one, printer);
  const broken = judged.filter(({ problems }) => problems.length > 0).length;
  const count = `${judged.length} ${judged.length === 1 ? 'message' : 'messages'}`;
  printer.line(broken === 0 ? `ok: ${count} valid` : `${broken} of ${count} invalid`);
  const report = {
    version: VERSION,
    subject: flags.event ?? flags.answer ?? '',
    file: file === '-' ? 'stdin' : sarifLocation(process.cwd(), file),
    startedAt,
    messages: judged,
  };
  writeReports(
    targets.map((target) => ({ file: target.file, text: () => renderPayloadReport(target.format, report) })),
  );
  return broken === 0 ? EXIT.ok : EXIT.failed;
}

/** Reads the reports that are wanted. @throws {CodedError} OPTION_INVALID for a format of the suites only */
function targetsIn(text: string): PayloadReportTarget[] {
  return parseReportTargets(text).map(({ format, file }) => {
    const own = PAYLOAD_REPORT_FORMATS.find((name) => name === format);
    if (own !== undefined) return { format: own, file };
    throw new CodedError(
      'OPTION_INVALID',
      `captured messages have no report in the format "${format}"`,
      `Choose from: ${PAYLOAD_REPORT_FORMATS.join(', ')}.`,
    );
  });
}

function verdictOn({ body, trouble }: Captured, judge: (body: unknown) => PayloadVerdict): PayloadVerdict {
  return trouble === null
    ? judge(body)
    : { problems: [{ at: '', message: `invalid JSON: ${trouble}` }], pages: [] };
}

function printVerdict(file: string, { line, problems, pages }: MessageVerdict, printer: Printer): void {
  const valid = problems.length === 0;
  printer.object({ type: 'payload', line, valid, problems, pages });
  for (const { at, message } of problems) {
    printer.line(`${file}:${line}: ${printer.paint('red', at === '' ? '/' : at)} ${message}`);
  }
  if (!valid && pages.length > 0) printer.line(`  source: ${pages.join('; ')}`);
}

function judgeFor({
  event,
  answer,
  status,
  pack,
  profile,
}: VerifyPayloadFlags): (body: unknown) => PayloadVerdict {
  const packs = loadPacks({
    ...(pack === undefined ? {} : { packs: pack }),
    ...(profile === undefined ? {} : { profile }),
  });
  if ((event === undefined) === (answer === undefined)) {
    throw new CodedError(
      'OPTION_INVALID',
      'Exactly one of --event and --answer is required.',
      'Pass --event NAME for callbacks, or --answer PACK/OPERATION for answers.',
    );
  }
  const [name = '', operation = ''] = (answer ?? '').split('/');
  const judge = (body: unknown): PayloadVerdict =>
    event !== undefined
      ? judgeCallback(packs, event, body)
      : judgeAnswer(packs, name, operation, body, status);
  // Reject unknown names before the messages are validated.
  judge(null);
  return judge;
}

function readText(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new CodedError(
      'INPUT_UNREADABLE',
      `Cannot read ${file}: ${(error as Error).message}`,
      'Pass the path of a file, or - for standard input.',
    );
  }
}
