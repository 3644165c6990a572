import type { AttemptOutcome } from '../core/types.ts';
import { BlockedError } from './egress-guard.ts';

const BY_CODE: Readonly<Record<string, AttemptOutcome>> = {
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'refused',
  ENETUNREACH: 'refused',
  EADDRNOTAVAIL: 'refused',
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  ETIMEDOUT: 'timeout',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  EPROTO: 'tls',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'tls',
  SELF_SIGNED_CERT_IN_CHAIN: 'tls',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'tls',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'tls',
};

/** What became of a POST that got no answer. */
export function classifyFailure(error: unknown): { outcome: AttemptOutcome; detail: string } {
  const cause = innermost(error);
  if (cause instanceof BlockedError) return { outcome: 'blocked', detail: `${cause.rule}: ${cause.message}` };
  const code = codeOf(cause);
  const detail = `${code === '' ? '' : `${code}: `}${cause instanceof Error ? cause.message : String(cause)}`;
  const isTls = code.startsWith('ERR_TLS') || code.startsWith('ERR_SSL') || code.startsWith('CERT_');
  // What is left broke a connection that stood, or answered with something that is no HTTP.
  return { outcome: BY_CODE[code] ?? (isTls ? 'tls' : 'reset'), detail };
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
