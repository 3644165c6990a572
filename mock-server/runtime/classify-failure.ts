import type { AttemptOutcome } from '../core/types.ts';
import { BlockedError } from './egress-guard.ts';

/** What error codes of the system, of TLS and of undici begin with; the first row that fits counts. */
const BY_CODE: readonly (readonly [beginning: string, outcome: AttemptOutcome])[] = [
  ['ECONNREFUSED', 'refused'],
  ['EHOST', 'refused'], // EHOSTUNREACH, EHOSTDOWN
  ['ENET', 'refused'], // ENETUNREACH, ENETDOWN
  ['EADDRNOTAVAIL', 'refused'],
  ['EAFNOSUPPORT', 'refused'], // no IPv6 here
  ['EACCES', 'refused'], // a firewall of our own
  ['EPERM', 'refused'],
  ['ENOTFOUND', 'dns'],
  ['EAI_', 'dns'],
  ['ETIMEDOUT', 'timeout'],
  ['EPROTO', 'tls'],
  ['ERR_TLS_', 'tls'],
  ['ERR_SSL_', 'tls'],
  // OpenSSL's names for what is wrong with a certificate.
  ['CERT_', 'tls'],
  ['CRL_', 'tls'],
  ['UNABLE_TO_', 'tls'],
  ['DEPTH_ZERO_', 'tls'],
  ['SELF_SIGNED_', 'tls'],
  ['INVALID_', 'tls'],
  ['HOSTNAME_MISMATCH', 'tls'],
  ['PATH_LENGTH_EXCEEDED', 'tls'],
];

/** What became of a POST that got no answer. */
export function classifyFailure(error: unknown): { outcome: AttemptOutcome; detail: string } {
  const cause = innermost(error);
  if (cause instanceof BlockedError) return { outcome: 'blocked', detail: `${cause.rule}: ${cause.message}` };
  const code = codeOf(cause);
  const detail = `${code === '' ? '' : `${code}: `}${cause instanceof Error ? cause.message : String(cause)}`;
  // What is left broke a connection that stood, or answered with something that is no HTTP.
  const outcome = BY_CODE.find(([beginning]) => code.startsWith(beginning))?.[1] ?? 'reset';
  return { outcome, detail };
}

/** Clients wrap what happened, and a name with several addresses fails once for each. */
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
