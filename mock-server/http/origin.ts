import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Where the media of a task shall be found. */
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
    const scheme = 'encrypted' in request.socket ? 'https' : 'http';
    const origin = `${scheme}://${hostOf(request)}${request.baseUrl ?? ''}`;
    const known = shared.get(origin);
    if (known !== undefined) return known;
    if (shared.size < REMEMBERED) shared.set(origin, origin);
    return origin;
  };
}

function hostOf(request: IncomingMessage): string {
  const { host } = request.headers;
  if (host !== undefined && /^([\w.-]{1,253}|\[[0-9a-f:]{2,39}\])(:\d{1,5})?$/i.test(host)) return host;
  const { address, port } = request.socket.address() as AddressInfo;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
