import { RECEIVER_CASES } from '../contract-tests/receiver/cases.ts';
import { judgeReceiver } from '../contract-tests/receiver/judge-receiver.ts';
import type { ReceiverOptions } from '../contract-tests/receiver/receiver-options.ts';
import type { Progress } from '../contract-tests/reporters/progress.ts';
import { CodedError } from '../mock-server/index.ts';
import type { Printer } from './print.ts';
import { runSuite, type SuiteFlags } from './suite-output.ts';

export interface VerifyReceiverFlags extends SuiteFlags {
  readonly event: string;
  readonly pack?: readonly string[];
  readonly profile?: string;
  readonly seed?: string;
  readonly ackTimeout?: string;
  readonly settle?: string;
  readonly fastAck?: string;
  readonly downloadWithin?: string;
  readonly pollWithin?: string;
  readonly realGaps?: boolean;
  readonly quick?: boolean;
  /** `Name: value`. */
  readonly header?: readonly string[];
  readonly mediaHost?: string;
  readonly secret?: string;
  readonly probe?: string;
  readonly submit?: string;
  readonly apiPort?: number;
  readonly restartCmd?: string;
  readonly jobs?: number;
  readonly tls?: string | true;
}

/** Judges the receiver at a URL. */
export function verifyReceiver(
  url: string | undefined,
  flags: VerifyReceiverFlags,
  printer: Printer,
): Promise<number> {
  const suite = {
    cases: RECEIVER_CASES,
    judge:
      url === undefined
        ? null
        : ({ started, finished }: Progress) =>
            judgeReceiver({ ...optionsOf(url, flags), onStarted: started, onFinished: finished }),
    missing: new CodedError(
      'OPTION_INVALID',
      'there is no URL to judge',
      'Give one, or reports to put side by side: --compare a.json b.json --report html=F',
    ),
  };
  return runSuite(suite, flags, printer);
}

function optionsOf(url: string, flags: VerifyReceiverFlags): ReceiverOptions {
  const { pack, restartCmd, header = [], tls, ...rest } = flags;
  const { strict: _s, report: _r, list: _l, dryRun: _d, compare: _c, ...same } = rest;
  return {
    ...same,
    url,
    ...(header.length === 0 ? {} : { headers: Object.fromEntries(header.map(readHeader)) }),
    ...(pack === undefined ? {} : { packs: pack }),
    ...(tls === undefined ? {} : { tls: tls === true ? '.stuntdouble' : tls }),
    ...(restartCmd === undefined ? {} : { restartCommand: restartCmd }),
  };
}

function readHeader(text: string): [name: string, value: string] {
  const at = text.indexOf(':');
  if (at > 0) return [text.slice(0, at).trim().toLowerCase(), text.slice(at + 1).trim()];
  throw new CodedError(
    'OPTION_INVALID',
    `--header takes "Name: value", got "${text}".`,
    'Like --header "X-Gateway-Key: abc"',
  );
}
