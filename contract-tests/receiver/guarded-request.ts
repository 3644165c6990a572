import { type ClientRequest, request as httpRequest, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { Socket } from 'node:net';
import { BlockedError, createEgressGuard } from '../../mock-server/internal.ts';

/** Opens a request of the judge to a URL from the user or from a case. */
export type OpenRequest = (url: string, options: RequestOptions) => ClientRequest;

/**
 * Returns a function that opens requests only to targets that are allowed for callbacks: never to metadata services or
 * link-local addresses, and always to the address that was checked.
 * @param allow hosts from the options of the user
 */
export function guardedRequests(allow: readonly string[]): OpenRequest {
  const guard = createEgressGuard({ allow });
  return (url, options) => {
    const verdict = guard.checkUrl(url);
    const open = url.startsWith('https:') ? httpsRequest : httpRequest;
    if (verdict.type === 'allowed') return open(url, { ...options, agent: false, lookup: guard.lookup });
    const refuse = (_options: object, done: (error: Error, socket: Socket) => void): Socket => {
      const socket = new Socket();
      done(new BlockedError(verdict), socket);
      return socket;
    };
    // An agent would open the connection itself and bypass the refusal.
    return open(url, { ...options, createConnection: refuse });
  };
}
