import { asFlag } from '../contract-tests/name-option.ts';
import { RECEIVER_CASES } from '../contract-tests/receiver/cases.ts';
import { describeRun, type RunDescription } from '../contract-tests/receiver/describe-run.ts';
import { judgeReceiver } from '../contract-tests/receiver/judge-receiver.ts';
import type { ReceiverOptions } from '../contract-tests/receiver/receiver-options.ts';
import { readReceiverSettings, wantedCases } from '../contract-tests/receiver/receiver-settings.ts';
import type { Progress } from '../contract-tests/reporters/progress.ts';
import { sayDuration } from '../contract-tests/reporters/wording.ts';
import { CodedError } from '../mock-server/index.ts';
import { packsNamedBy } from './list-cases.ts';
import type { Printer } from './print.ts';
import { runSuite, type SuiteFlags } from './suite-output.ts';

export interface VerifyReceiverFlags extends SuiteFlags {
  /** Required, except for comparing reports. */
  readonly event?: string;
  readonly pack?: readonly string[];
  readonly profile?: string;
  readonly seed?: string;
  readonly ackTimeout?: string;
  readonly settle?: string;
  readonly fastAck?: string;
  readonly downloadWithin?: string;
  readonly pollWithin?: string;
  readonly realGaps?: boolean;
  /** `Name: value`. */
  readonly header?: readonly string[];
  readonly mediaHost?: string;
  readonly secret?: string;
  readonly probe?: string;
  readonly submit?: string;
  readonly apiPort?: number;
  readonly restartCmd?: string;
  readonly jobs?: number;
  readonly quick?: boolean;
  readonly tls?: string | true;
}

/** Tests the receiver at a URL. */
export function verifyReceiver(
  url: string | undefined,
  flags: VerifyReceiverFlags,
  printer: Printer,
): Promise<number> {
  const options = url === undefined ? null : optionsOf(url, flags);
  const suite = {
    cases: RECEIVER_CASES,
    packs: () => packsNamedBy(flags),
    wanted: wantedCases(flags),
    judge:
      options === null
        ? null
        : ({ started, finished, activity }: Progress) =>
            judgeReceiver(
              { ...options, onStarted: started, onFinished: finished, onActivity: activity },
              asFlag,
            ),
    missing: new CodedError(
      'OPTION_INVALID',
      'The URL of the receiver is missing.',
      'Pass a URL, or pass reports to compare: --compare a.json b.json --report html=FILE',
    ),
    ...(options === null
      ? {}
      : { announce: () => describeLimits(describeRun(readReceiverSettings(options))) }),
  };
  return runSuite(suite, flags, printer);
}

function describeLimits({ cases, ackTimeoutMs, hangsMs, usualDuration }: RunDescription): string {
  const what = cases === 1 ? '1 case' : `${cases} cases`;
  const usual = usualDuration === null ? '' : `, which usually takes ${usualDuration}`;
  return `Testing ${what}${usual}. The receiver has ${sayDuration(ackTimeoutMs)} for each answer (--ack-timeout). If it never answers, the run stops early, after ${sayDuration(hangsMs)}.`;
}

function optionsOf(url: string, flags: VerifyReceiverFlags): ReceiverOptions {
  const { event, pack, restartCmd, header = [], tls, ...rest } = flags;
  const {
    strict: _s,
    report: _r,
    list: _l,
    dryRun: _d,
    compare: _c,
    sarifLocation: _f,
    config: _g,
    ...same
  } = rest;
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) {
    throw new CodedError(
      'OPTION_INVALID',
      `The URL of the receiver must begin with http:// or https://, got "${url}".`,
      'Pass a URL, for example: http://127.0.0.1:3000/callback',
    );
  }
  if (event === undefined && flags.list !== true && flags.dryRun !== true) {
    throw new CodedError(
      'OPTION_INVALID',
      '--event is required.',
      'Pass an event, for example runway.generate. Run "stuntdouble events" for the full list.',
    );
  }
  return {
    ...same,
    event: event ?? '',
    url,
    ...(header.length === 0 ? {} : { headers: Object.fromEntries(header.map(readHeader)) }),
    ...(pack === undefined ? {} : { packs: pack }),
    ...(tls === undefined ? {} : { tls: tls === true ? '.stuntdouble' : tls }),
    ...(restartCmd === undefined ? {} : { restartCommand: restartCmd }),
  };
}

function readHeader(text: string): [name: string, value: string] {
  const at = text.indexOf(':');
  return [text.slice(0, at).trim().toLowerCase(), text.slice(at + 1).trim()];
}
