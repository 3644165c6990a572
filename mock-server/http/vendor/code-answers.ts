import type { Answer } from '../../packs/error-answers.ts';
import type { Pack } from '../../packs/pack.ts';
import type { RequestParts } from '../../packs/request-parts.ts';

/**
 * Returns the answer for a requested error code. A rate limit answer has a Retry-After header if the vendor sends one
 * or an option sets it.
 */
export function requestedRefusal(
  pack: Pack,
  code: string,
  retryAfterS: number | null,
  call?: RequestParts,
): Answer {
  const answer = codeAnswer(pack, code, call);
  const seconds = retryAfterS ?? (pack.rate?.retryAfter === true ? Math.ceil(pack.rate.perMs / 1000) : null);
  return seconds === null || code !== pack.errors.codeOf('rateLimited')
    ? answer
    : { ...answer, headers: { ...answer.headers, 'retry-after': String(seconds) } };
}

/** Returns the vendor's answer for a code of its table; for other codes, the answer of a gateway. */
export function codeAnswer(pack: Pack, code: string, call?: RequestParts): Answer {
  const known = pack.errors.forCode(code, call);
  if (known !== null) return known;
  const status = Number(code);
  return { status, error: code, body: `<html><body><h1>${code}</h1><p>upstream gateway</p></body></html>` };
}
