import { readFileSync } from 'node:fs';
import { judgeAnswer, judgeCallback, type PayloadVerdict } from '../contract-tests/payload/judge-payload.ts';
import { type Captured, readCapture } from '../contract-tests/payload/read-capture.ts';
import { CodedError, loadPacks } from '../mock-server/index.ts';
import { EXIT } from './exit-codes.ts';
import type { Printer } from './print.ts';

export interface VerifyPayloadFlags {
  readonly event?: string;
  readonly answer?: string;
  readonly status?: number;
  readonly pack?: readonly string[];
  readonly profile?: string;
}

/** Validates captured messages against the OpenAPI document of the vendor. */
export function verifyPayload(file: string, flags: VerifyPayloadFlags, printer: Printer): number {
  const judge = judgeFor(flags);
  const messages = readCapture(readText(file));
  if (messages.length === 0) {
    throw new CodedError(
      'INPUT_UNREADABLE',
      `${file === '-' ? 'Standard input' : file} does not contain a message`,
      'Pass one JSON document, or one per line.',
    );
  }
  const isGood = (message: Captured): boolean =>
    printVerdict(file, message, verdictOn(message, judge), printer);
  // Print the problems of all messages, not only of the first invalid one.
  const broken = messages.map(isGood).filter((good) => !good).length;
  const count = `${messages.length} ${messages.length === 1 ? 'message' : 'messages'}`;
  printer.line(broken === 0 ? `ok: ${count} valid` : `${broken} of ${count} invalid`);
  return broken === 0 ? EXIT.ok : EXIT.failed;
}

function verdictOn({ body, trouble }: Captured, judge: (body: unknown) => PayloadVerdict): PayloadVerdict {
  return trouble === null
    ? judge(body)
    : { problems: [{ at: '', message: `invalid JSON: ${trouble}` }], pages: [] };
}

/** Prints the problems of one message. @returns whether the message is valid */
function printVerdict(
  file: string,
  { line }: Captured,
  { problems, pages }: PayloadVerdict,
  printer: Printer,
): boolean {
  const valid = problems.length === 0;
  printer.object({ type: 'payload', line, valid, problems, pages });
  for (const { at, message } of problems) {
    printer.line(`${file}:${line}: ${printer.paint('red', at === '' ? '/' : at)} ${message}`);
  }
  if (!valid && pages.length > 0) printer.line(`  source: ${pages.join('; ')}`);
  return valid;
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
