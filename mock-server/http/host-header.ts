import type { IncomingMessage } from 'node:http';
import type { Problem } from './problem.ts';

/** Node keeps the first of several Host headers and drops the others, so only the raw headers show them. */
export function hasSeveralHosts({ rawHeaders }: IncomingMessage): boolean {
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  return hosts > 1;
}

/** RFC 9112, 3.2: what two parties may read differently is refused. */
export const SEVERAL_HOSTS: Problem = {
  status: 400,
  title: 'The request could not be understood.',
  detail: 'The request has more than one Host header.',
  code: 'BAD_REQUEST',
  remedy: 'Send one Host header.',
};
