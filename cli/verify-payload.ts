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

/** Holds captured messages against the vendor's document. */
export function verifyPayload(file: string, flags: VerifyPayloadFlags, printer: Printer): number {
  const judge = judgeFor(flags);
  const messages = readCapture(readText(file));
  if (messages.length === 0) {
    throw new CodedError(
      'INPUT_UNREADABLE',
      `${file === '-' ? 'stdin' : file} has no message`,
      'Give one JSON document, or one in each line.',
    );
  }
  const isGood = (message: Captured): boolean => tell(file, message, verdictOn(message, judge), printer);
  // Each is told, also after one that is broken.
  const broken = messages.map(isGood).filter((good) => !good).length;
  const count = `${messages.length} ${messages.length === 1 ? 'message' : 'messages'}`;
  printer.line(
    broken === 0 ? `ok: ${count} as the contract wants` : `${broken} of ${count} broke the contract`,
  );
  return broken === 0 ? EXIT.ok : EXIT.failed;
}

function verdictOn({ body, trouble }: Captured, judge: (body: unknown) => PayloadVerdict): PayloadVerdict {
  return trouble === null
    ? judge(body)
    : { problems: [{ at: '', message: `this is no JSON: ${trouble}` }], pages: [] };
}

/** Prints what is wrong with one message; whether nothing is. */
function tell(
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
  if (!valid && pages.length > 0) printer.line(`  rests on: ${pages.join('; ')}`);
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
      'Either --event or --answer is required, to know what the messages are.',
      'Give --event NAME, or --answer PACK/OPERATION.',
    );
  }
  const [name = '', operation = ''] = (answer ?? '').split('/');
  const judge = (body: unknown): PayloadVerdict =>
    event !== undefined
      ? judgeCallback(packs, event, body)
      : judgeAnswer(packs, name, operation, body, status);
  // An unknown name is wrong usage, whatever the messages are.
  judge(null);
  return judge;
}

function readText(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new CodedError(
      'INPUT_UNREADABLE',
      `${file} cannot be read: ${(error as Error).message}`,
      'Give the path of a file, or - for standard input.',
    );
  }
}
