import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';

/**
 * Returns the URL at which a vendor and the media of its tasks are served.
 * @param base prefix of the vendor's paths; empty at the root
 */
export type OriginOf = (request: IncomingMessage & { baseUrl?: string }, base?: string) => string;

const REMEMBERED = 1000;

/**
 * Creates the function that finds the origin of media. The address that the client used is reachable for it. A Host
 * header that is not a host is ignored, so that invalid text cannot become part of a URL.
 */
export function createOriginOf(publicUrl: string | null): OriginOf {
  // There are few origins and many tasks, so all tasks of an origin share one string.
  const shared = new Map<string, string>();
  return (request, base = '') => {
    if (publicUrl !== null) return base === '' ? publicUrl : publicUrl + base;
    // Compared with true, because sockets of Bun have the property without TLS as well.
    const scheme = (request.socket as Partial<TLSSocket>).encrypted === true ? 'https' : 'http';
    const path = (request.baseUrl ?? '') + base;
    const claimed = `${scheme}://${request.headers.host ?? ''}`;
    const known = shared.get(claimed + path);
    if (known !== undefined) return known;
    if (!isOrigin(claimed, request.headers.host)) return `${scheme}://${ownHost(request)}${path}`;
    const origin = claimed + path;
    if (shared.size < REMEMBERED) shared.set(origin, origin);
    return origin;
  };
}

/**
 * Returns whether the characters of a host are valid and a client can parse the URL; 1.2.3.4.5 and port 99999 are
 * invalid.
 */
function isOrigin(origin: string, host = ''): boolean {
  return /^([\w.-]{1,253}|\[[0-9a-f:]{2,39}\])(:\d{1,5})?$/i.test(host) && URL.canParse(origin);
}

function ownHost({ socket }: IncomingMessage): string {
  // Empty when the client has disconnected, in which case the answer is not read.
  const { address = '127.0.0.1', port = 80 } = socket.address() as Partial<AddressInfo>;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
