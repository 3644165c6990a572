import { readFileSync } from 'node:fs';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { CodedError, VERSION } from '../mock-server/index.ts';
import { createEgressGuard } from '../mock-server/internal.ts';
import { checkPort } from './check-port.ts';
import type { CheckResult } from './check-result.ts';
import { EXIT } from './exit-codes.ts';
import type { Printer } from './print.ts';

export interface DoctorFlags {
  readonly port: number;
  /** A receiver whose reachability is checked. */
  readonly to?: string;
  readonly allowCallback?: readonly string[];
}

type Env = Readonly<Record<string, string | undefined>>;

/** Checks what usually goes wrong on a machine. @returns the exit code: 1 if a check failed */
export async function doctor(flags: DoctorFlags, env: Env, printer: Printer): Promise<number> {
  const results = [
    checkNode(process.versions.node),
    await checkPort(flags.port),
    checkProxy(env),
    checkTrust(env),
    ...(flags.to === undefined ? [] : [await checkReceiver(flags.to, flags.allowCallback ?? [])]),
  ];
  printer.line(`stuntdouble ${VERSION}`);
  for (const result of results) printResult(result, printer);
  return results.some(({ status }) => status === 'failed') ? EXIT.failed : EXIT.ok;
}

const MARKS = { ok: ['green', '✓'], note: ['yellow', '!'], failed: ['red', '✗'] } as const;

function printResult(result: CheckResult, { object, line, paint }: Printer): void {
  const [color, mark] = MARKS[result.status];
  object({ type: 'check', ...result });
  line(`  ${paint(color, mark)} ${result.check.padEnd(9)} ${result.text}`);
  if (result.remedy !== null) line(`${' '.repeat(14)}${result.remedy}`);
}

/** An older version cannot run this program, so the check reports only what it runs on. */
function checkNode(version: string): CheckResult {
  return { check: 'node', status: 'ok', text: `version ${version}`, remedy: null };
}

const PROXY_NAMES = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'];

/** Clients with a proxy send their calls to it, also those to this machine, unless NO_PROXY names it. */
export function checkProxy(env: Env): CheckResult {
  const check = 'proxy';
  const set = PROXY_NAMES.filter((name) => (env[name] ?? '') !== '');
  if (set.length === 0) return { check, status: 'ok', text: 'no proxy variable is set', remedy: null };
  const exempt = (env.NO_PROXY ?? env.no_proxy ?? '').split(/[\s,]+/);
  const isExempt = exempt.some((host) => ['*', '127.0.0.1', '127.0.0.0/8'].includes(host));
  const text = `${set.join(', ')} is set`;
  if (isExempt) return { check, status: 'ok', text: `${text}, and NO_PROXY exempts 127.0.0.1`, remedy: null };
  return {
    check,
    status: 'note',
    text: `${text}, so your client may send its calls to the proxy instead of the mock`,
    remedy: 'Set NO_PROXY=127.0.0.1,localhost for your client.',
  };
}

/** Node trusts the certificate of --tls only if a variable names its authority. */
export function checkTrust(env: Env): CheckResult {
  const check = 'tls';
  const file = env.NODE_EXTRA_CA_CERTS ?? '';
  if (file === '') {
    const text = 'for https, start with --tls and set NODE_EXTRA_CA_CERTS to the file that it prints';
    return { check, status: 'ok', text, remedy: null };
  }
  try {
    const count = readFileSync(file, 'utf8').split('-----BEGIN CERTIFICATE-----').length - 1;
    if (count > 0) return { check, status: 'ok', text: `NODE_EXTRA_CA_CERTS is ${file}`, remedy: null };
    return untrusted(`NODE_EXTRA_CA_CERTS is ${file}, which contains no certificate in PEM form`);
  } catch (error) {
    return untrusted(`NODE_EXTRA_CA_CERTS is ${file}, which cannot be read: ${(error as Error).message}`);
  }
}

/** Node ignores such a file with a warning. */
function untrusted(text: string): CheckResult {
  const remedy = 'Set it to the authority that start --tls prints, or unset it.';
  return { check: 'tls', status: 'failed', text, remedy };
}

/** Time for a connection to a receiver. */
const CONNECT_MS = 5000;

/** Checks whether callbacks would reach a receiver: the address is allowed, and its port accepts a connection. */
export async function checkReceiver(to: string, allow: readonly string[]): Promise<CheckResult> {
  const guard = createEgressGuard({ allow });
  const verdict = guard.checkUrl(to);
  const check = 'receiver';
  if (verdict.type === 'blocked') {
    return {
      check,
      status: 'failed',
      text: `callbacks are not sent to ${to}`,
      remedy: `${verdict.reason.replace(/\.$/, '')}.`,
    };
  }
  try {
    await openConnection(verdict.url, guard.lookup);
    return { check, status: 'ok', text: `${verdict.origin} accepts connections from here`, remedy: null };
  } catch (error) {
    const { message, code = '' } = error as NodeJS.ErrnoException;
    return {
      check,
      status: 'failed',
      text: `${verdict.origin} cannot be reached: ${message}`,
      remedy: REMEDIES[code] ?? 'Check that the receiver is running and that this machine can reach it.',
    };
  }
}

const UNTRUSTED = 'Set NODE_EXTRA_CA_CERTS to the certificate of its authority when you start the mock.';

const REMEDIES: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  ERR_SSL_WRONG_VERSION_NUMBER: 'The receiver does not speak TLS. Use http:// in its URL.',
  ECONNREFUSED: 'Nothing listens at this port. Start the receiver, or correct the port.',
  ENOTFOUND:
    'The name does not exist. Inside a container, use host.docker.internal or the name of the service.',
  ERR_EGRESS_BLOCKED: 'Allow the host with --allow-callback.',
};

function openConnection(
  { protocol, hostname, port }: URL,
  lookup: ReturnType<typeof createEgressGuard>['lookup'],
): Promise<void> {
  const host = hostname.replace(/^\[|\]$/g, '');
  const isSecure = protocol === 'https:';
  const address = { host, port: Number(port === '' ? (isSecure ? 443 : 80) : port), lookup };
  return new Promise((resolve, reject) => {
    const socket: Socket = isSecure ? connectTls({ ...address, servername: host }) : connectTcp(address);
    const end = (settle: () => void): void => {
      socket.destroy();
      settle();
    };
    socket.setTimeout(CONNECT_MS, () =>
      end(() => reject(new CodedError('OPTION_INVALID', `no connection within ${CONNECT_MS / 1000} s`))),
    );
    socket.once(isSecure ? 'secureConnect' : 'connect', () => end(resolve));
    socket.once('error', (error) => end(() => reject(error)));
  });
}
