import type { LookupAddress, LookupAllOptions, lookup } from 'node:dns';

type LookupAnswer = (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void;
type LookupAll = (host: string, options: LookupAllOptions, answer: LookupAnswer) => void;

/**
 * Merges concurrent lookups of the same name. Node resolves names in a small thread pool, where lookups of one slow
 * name could otherwise block all others.
 */
export function shareLookups(resolve: LookupAll): typeof lookup {
  const pending = new Map<string, LookupAnswer[]>();

  const shared: LookupAll = (host, options, answer) => {
    const key = `${host} ${options.family ?? 0} ${options.hints ?? 0}`;
    const others = pending.get(key);
    if (others !== undefined) {
      others.push(answer);
      return;
    }
    const waiting = [answer];
    pending.set(key, waiting);
    resolve(host, options, (error, addresses) => {
      pending.delete(key);
      for (const callback of waiting) callback(error, addresses);
    });
  };
  // The egress guard always looks up all addresses, so this is the only overload it uses.
  return shared as typeof lookup;
}
