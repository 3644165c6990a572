import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';

/** The origin at which the media of a task are served. */
export type OriginOf = (request: IncomingMessage & { baseUrl?: string }) => string;

const REMEMBERED = 1000;

/**
 * The address the client used is one that works from where it stands. A Host header that is no host is passed
 * over, so that nothing odd gets into a URL.
 */
export function createOriginOf(publicUrl: string | null): OriginOf {
  // Origins are few and tasks are many: all tasks of one origin share its string.
  const shared = new Map<string, string>();
  return (request) => {
    if (publicUrl !== null) return publicUrl;
    // By its value: sockets of Bun have the property without TLS as well.
    const scheme = (request.socket as Partial<TLSSocket>).encrypted === true ? 'https' : 'http';
    const path = request.baseUrl ?? '';
    const claimed = `${scheme}://${request.headers.host ?? ''}`;
    const known = shared.get(claimed + path);
    if (known !== undefined) return known;
    if (!isOrigin(claimed, request.headers.host)) return `${scheme}://${ownHost(request)}${path}`;
    const origin = claimed + path;
    if (shared.size < REMEMBERED) shared.set(origin, origin);
    return origin;
  };
}

/** A host by its letters, and one that a client can make a URL of: 1.2.3.4.5 and port 99999 are none. */
function isOrigin(origin: string, host = ''): boolean {
  return /^([\w.-]{1,253}|\[[0-9a-f:]{2,39}\])(:\d{1,5})?$/i.test(host) && URL.canParse(origin);
}

function ownHost({ socket }: IncomingMessage): string {
  // Empty when the client is gone already: there is no address any more, and nobody who would use it.
  const { address = '127.0.0.1', port = 80 } = socket.address() as Partial<AddressInfo>;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
