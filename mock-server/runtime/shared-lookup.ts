import type { LookupAddress, LookupAllOptions, lookup } from 'node:dns';

type Answer = (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void;
type LookupAll = (host: string, options: LookupAllOptions, answer: Answer) => void;

/**
 * Asks for a name once at a time, however many want to know. Names are looked up by two threads of Node's: the POSTs
 * to one receiver whose name takes long would keep both, and every other name would wait.
 */
export function shareLookups(resolve: LookupAll): typeof lookup {
  const asked = new Map<string, Answer[]>();

  const shared: LookupAll = (host, options, answer) => {
    const question = `${host} ${options.family ?? 0} ${options.hints ?? 0}`;
    const others = asked.get(question);
    if (others !== undefined) {
      others.push(answer);
      return;
    }
    const waiting = [answer];
    asked.set(question, waiting);
    resolve(host, options, (error, addresses) => {
      asked.delete(question);
      for (const tell of waiting) tell(error, addresses);
    });
  };
  // The egress guard always asks for all addresses; of all the forms of a look-up this is the only one it uses.
  return shared as typeof lookup;
}
