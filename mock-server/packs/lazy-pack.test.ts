import { describe, expect, it } from 'vitest';
import { createMockServer } from '../index.ts';
import { lazyPack } from './lazy-pack.ts';
import { builtInPackDirs, loadPack, loadPackAfresh } from './load-pack.ts';
import { summaryOf } from './prepared-packs.ts';

function lazily(dir: string) {
  const whole = loadPackAfresh(dir);
  const { profile, profiles, documentPath } = whole;
  let compiled = 0;
  const pack = lazyPack({ ...summaryOf(whole), dir, profile, profiles, documentPath }, () => {
    compiled += 1;
    return whole;
  });
  return { pack, whole, count: () => compiled };
}

describe('a pack that is compiled on first use', () => {
  const [dir = ''] = builtInPackDirs();

  it('is not compiled to list its names and routes', () => {
    const { pack, whole, count } = lazily(dir);
    expect(pack.routes).toEqual(whole.operations.map(({ id, method, path }) => ({ id, method, path })));
    expect([pack.name, pack.title, pack.profile, pack.dir]).toEqual([
      whole.name,
      whole.title,
      whole.profile,
      dir,
    ]);
    expect(count()).toBe(0);
  });

  it('is compiled once, by the first part that is read', () => {
    const { pack, whole, count } = lazily(dir);
    expect(pack.operations).toBe(whole.operations);
    expect(pack.errors).toBe(whole.errors);
    expect(count()).toBe(1);
  });

  it('has every part of a compiled pack', () => {
    const { pack, whole } = lazily(dir);
    expect(Object.keys(pack).sort()).toEqual(Object.keys(whole).sort());
    expect({ ...pack }).toEqual(whole);
  });

  it('is refused early when its profile does not exist', () => {
    expect(() => loadPack(dir, 'none')).toThrow('has no profile "none"');
  });
});

it('a mock compiles only the packs that calls address', async () => {
  const mock = await createMockServer({ seed: 1 }).listen();
  const read = new Set<string>();
  for (const pack of mock.packs) watchReads(pack, (name) => read.add(name));
  const [first, second] = mock.packs;
  expect(first?.name).not.toBe(second?.name);
  const route = first?.routes[0];
  await fetch(mock.url + (route?.path ?? ''), { method: route?.method ?? 'GET' });
  await mock.close();
  expect([...read]).toEqual([first?.name]);
});

/** Calls `seen` when a compiled part of the pack is read. */
function watchReads(pack: object & { readonly name: string }, seen: (name: string) => void): void {
  for (const [key, { get }] of Object.entries(Object.getOwnPropertyDescriptors(pack))) {
    if (get === undefined) continue;
    Object.defineProperty(pack, key, {
      get: () => {
        seen(pack.name);
        return get();
      },
    });
  }
}
