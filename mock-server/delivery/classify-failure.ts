import type { AttemptOutcome } from '../core/types.ts';
import { BlockedError } from './egress-guard.ts';

/** Prefixes of error codes of the system, of TLS and of undici. The first matching row determines the outcome. */
const BY_CODE: readonly (readonly [prefix: string, outcome: AttemptOutcome])[] = [
  ['ECONNREFUSED', 'refused'],
  ['EHOST', 'refused'], // EHOSTUNREACH, EHOSTDOWN
  ['ENET', 'refused'], // ENETUNREACH, ENETDOWN
  ['EADDRNOTAVAIL', 'refused'],
  ['EAFNOSUPPORT', 'refused'], // IPv6 is not available
  ['EACCES', 'refused'], // a local firewall
  ['EPERM', 'refused'],
  ['ENOTFOUND', 'dns'],
  ['EAI_', 'dns'],
  ['ETIMEDOUT', 'timeout'],
  ['EPROTO', 'tls'],
  ['ERR_TLS_', 'tls'],
  ['ERR_SSL_', 'tls'],
  // OpenSSL's names for certificate errors.
  ['CERT_', 'tls'],
  ['CRL_', 'tls'],
  ['UNABLE_TO_', 'tls'],
  ['DEPTH_ZERO_', 'tls'],
  ['SELF_SIGNED_', 'tls'],
  ['INVALID_', 'tls'],
  ['HOSTNAME_MISMATCH', 'tls'],
  ['PATH_LENGTH_EXCEEDED', 'tls'],
];

/** Returns the outcome and the detail of a POST that received no response. */
export function classifyFailure(error: unknown): { outcome: AttemptOutcome; detail: string } {
  const cause = innermost(error);
  if (cause instanceof BlockedError) return { outcome: 'blocked', detail: `${cause.rule}: ${cause.message}` };
  const code = codeOf(cause);
  const message = cause instanceof Error ? cause.message : String(cause);
  // Any other error broke an established connection, or the response was not HTTP.
  const outcome = BY_CODE.find(([prefix]) => code.startsWith(prefix))?.[1] ?? 'reset';
  return { outcome, detail: withCode(code, message) };
}

/** The messages of system errors already contain the code: `connect ECONNREFUSED 127.0.0.1:3000`. */
function withCode(code: string, message: string): string {
  return code === '' || message.includes(code) ? message : `${code}: ${message}`;
}

/** Unwraps an error: clients wrap the cause, and a name with several addresses fails once for each of them. */
function innermost(error: unknown): unknown {
  if (error instanceof AggregateError && error.errors.length > 0) return innermost(error.errors[0]);
  if (error instanceof Error && codeOf(error) === '' && error.cause !== undefined)
    return innermost(error.cause);
  return error;
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}
