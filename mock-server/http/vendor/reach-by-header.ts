import type { IncomingHttpHeaders } from 'node:http';
import type { Pack } from '../../packs/pack.ts';

/**
 * Returns the path and query at the mock of a request that names a URL of the vendor in a header, as clients do that
 * send all requests to one proxy; null for other requests.
 */
export type ReachByHeader = (headers: IncomingHttpHeaders) => string | null;

interface ReachedServer {
  readonly base: string;
  readonly hosts: ReadonlySet<string>;
}

/** Creates a function that finds the operation which a header names, for the packs whose vendor has such a header. */
export function createReachByHeader(
  served: readonly { readonly pack: Pick<Pack, 'reach'>; readonly base: string }[],
): ReachByHeader {
  const byHeader = new Map<string, ReachedServer[]>();
  for (const { pack, base } of served) {
    if (pack.reach === null) continue;
    const { header, hosts } = pack.reach;
    byHeader.set(header, [...(byHeader.get(header) ?? []), { base, hosts: new Set(hosts) }]);
  }
  return (headers) => {
    for (const [header, targets] of byHeader) {
      const named = headers[header];
      if (typeof named !== 'string' || !URL.canParse(named)) continue;
      const { host, pathname, search } = new URL(named);
      const target = targets.find(({ hosts }) => hosts.has(host));
      if (target !== undefined) return target.base + pathname + search;
    }
    return null;
  };
}
