import type { LookupAddress } from 'node:dns';
import { describe, expect, it } from 'vitest';
import { shareLookups } from './shared-lookup.ts';

type Tell = (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void;

const FOUND = [{ address: '127.0.0.1', family: 4 }];

function resolver() {
  const asked: { readonly host: string; readonly tell: Tell }[] = [];
  const lookup = shareLookups((host, _options, tell) => asked.push({ host, tell }));
  const find = (host: string, family?: number): Promise<LookupAddress[]> =>
    new Promise((resolve, reject) => {
      lookup(host, { all: true, ...(family === undefined ? {} : { family }) }, (error, addresses) =>
        error === null ? resolve(addresses) : reject(error),
      );
    });
  return { asked, find };
}

describe('shared look-ups', () => {
  it('ask once for a name that many want to know, and tell all of them', async () => {
    const { asked, find } = resolver();
    const answers = Promise.all([find('slow.test'), find('slow.test'), find('slow.test')]);
    expect(asked.map(({ host }) => host)).toEqual(['slow.test']);
    asked[0]?.tell(null, FOUND);
    expect(await answers).toEqual([FOUND, FOUND, FOUND]);
  });

  it('ask anew once there was an answer, since addresses change', async () => {
    const { asked, find } = resolver();
    for (const n of [0, 1]) {
      const answer = find('app.test');
      asked[n]?.tell(null, FOUND);
      await answer;
    }
    expect(asked).toHaveLength(2);
  });

  it('tell every one of them when a name is not found', async () => {
    const { asked, find } = resolver();
    const answers = Promise.allSettled([find('no.test'), find('no.test')]);
    asked[0]?.tell(Object.assign(new Error('not found'), { code: 'ENOTFOUND' }), []);
    expect((await answers).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });

  it('keep different questions apart', () => {
    const { asked, find } = resolver();
    void find('a.test');
    void find('b.test');
    void find('a.test', 6);
    expect(asked.map(({ host }) => host)).toEqual(['a.test', 'b.test', 'a.test']);
  });
});
