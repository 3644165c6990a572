import { type ClientRequest, request as httpRequest, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { Socket } from 'node:net';
import { BlockedError, createEgressGuard } from '../../mock-server/index.ts';

/** Opens a request of the judge's own, to a URL that the user gave or that a case composed. */
export type OpenRequest = (url: string, options: RequestOptions) => ClientRequest;

/**
 * Opens requests only where callbacks may go as well: whatever the judge is pointed at, it never calls metadata
 * services or link-local addresses, and it connects to the address that was checked.
 * @param allow hosts that the user named
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
    // An agent would make the connection itself, so there is none.
    return open(url, { ...options, createConnection: refuse });
  };
}
