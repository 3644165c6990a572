import type { LookupAddress } from 'node:dns';
import { describe, expect, it } from 'vitest';
import { shareLookups } from './shared-lookup.ts';

type Callback = (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void;

const FOUND = [{ address: '127.0.0.1', family: 4 }];

function resolver() {
  const queries: { readonly host: string; readonly callback: Callback }[] = [];
  const lookup = shareLookups((host, _options, callback) => queries.push({ host, callback }));
  const find = (host: string, family?: number): Promise<LookupAddress[]> =>
    new Promise((resolve, reject) => {
      lookup(host, { all: true, ...(family === undefined ? {} : { family }) }, (error, addresses) =>
        error === null ? resolve(addresses) : reject(error),
      );
    });
  return { queries, find };
}

describe('shared lookups', () => {
  it('query a name once for concurrent callers, and answer all of them', async () => {
    const { queries, find } = resolver();
    const answers = Promise.all([find('slow.test'), find('slow.test'), find('slow.test')]);
    expect(queries.map(({ host }) => host)).toEqual(['slow.test']);
    queries[0]?.callback(null, FOUND);
    expect(await answers).toEqual([FOUND, FOUND, FOUND]);
  });

  it('query again after a response, because addresses change', async () => {
    const { queries, find } = resolver();
    for (const n of [0, 1]) {
      const answer = find('app.test');
      queries[n]?.callback(null, FOUND);
      await answer;
    }
    expect(queries).toHaveLength(2);
  });

  it('reject for every caller when a name is not found', async () => {
    const { queries, find } = resolver();
    const answers = Promise.allSettled([find('no.test'), find('no.test')]);
    queries[0]?.callback(Object.assign(new Error('not found'), { code: 'ENOTFOUND' }), []);
    expect((await answers).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });

  it('do not mix different queries', () => {
    const { queries, find } = resolver();
    void find('a.test');
    void find('b.test');
    void find('a.test', 6);
    expect(queries.map(({ host }) => host)).toEqual(['a.test', 'b.test', 'a.test']);
  });
});
