import type { IncomingMessage } from 'node:http';
import { ERRORS } from '../core/error-codes.ts';
import type { Problem } from './problem.ts';

/**
 * Returns whether a request has several Host headers. Node keeps the first one and drops the others, so only the raw
 * headers show them.
 */
export function hasSeveralHosts({ rawHeaders }: IncomingMessage): boolean {
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  return hosts > 1;
}

/** RFC 9112, 3.2: a request that two parties could interpret differently must be refused. */
export const SEVERAL_HOSTS: Problem = {
  status: 400,
  title: ERRORS.BAD_REQUEST.title,
  detail: 'The request has more than one Host header.',
  code: 'BAD_REQUEST',
  remedy: 'Send one Host header.',
};
