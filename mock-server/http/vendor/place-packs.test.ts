import { describe, expect, it } from 'vitest';
import { builtInPackDirs, loadPack } from '../../packs/load-pack.ts';
import { type Placeable, placePacks } from './place-packs.ts';

function pack(name: string, ...routes: string[]): Placeable {
  return {
    name,
    dir: `packs/${name}`,
    routes: routes.map((line) => {
      const [method = '', path = ''] = line.split(' ');
      return { id: line, method, path };
    }),
  };
}

const basesOf = (packs: readonly Placeable[], mounts = {}) =>
  placePacks(packs, mounts).map((place) => [place.pack.name, place.bases, place.displacedBy]);

describe('a pack', () => {
  it('is served at its name, and at the root if its paths are not those of another', () => {
    expect(basesOf([pack('acme', 'POST /clips'), pack('zenith', 'GET /clips', 'POST /films')])).toEqual([
      ['acme', ['', '/acme'], null],
      ['zenith', ['', '/zenith'], null],
    ]);
  });

  it('is served only at its name if one of its paths is also one of a pack before it', () => {
    const packs = [pack('acme', 'GET /clips/{id}'), pack('zenith', 'POST /films', 'GET /clips/latest')];
    expect(basesOf(packs)).toEqual([
      ['acme', ['', '/acme'], null],
      ['zenith', ['/zenith'], 'acme'],
    ]);
    // A displaced pack does not displace others.
    expect(basesOf([...packs, pack('nadir', 'POST /films')]).at(-1)).toEqual(['nadir', ['', '/nadir'], null]);
  });

  it('from a folder of the user does not displace a built-in pack, in any order', () => {
    const builtIn = pack('replicate', 'POST /v1/predictions');
    expect(basesOf([pack('acme', 'POST /v1/predictions'), builtIn])).toEqual([
      ['acme', ['/acme'], 'replicate'],
      ['replicate', ['', '/replicate'], null],
    ]);
  });

  it('that accepts any path gives way to all others', () => {
    const packs = [pack('queue', 'POST /{+model}'), pack('acme', 'POST /clips')];
    expect(basesOf(packs)).toEqual([
      ['queue', ['/queue'], 'acme'],
      ['acme', ['', '/acme'], null],
    ]);
    expect(basesOf(packs.slice(0, 1))).toEqual([['queue', ['', '/queue'], null]]);
  });

  it('does not get a path at the root that another has at its name', () => {
    const packs = [pack('zenith', 'GET /acme/clips/{id}'), pack('acme', 'GET /clips/{id}')];
    expect(basesOf(packs)).toEqual([
      ['zenith', ['/zenith'], 'acme'],
      ['acme', ['', '/acme'], null],
    ]);
  });

  it('that is mounted is served there instead of at the root', () => {
    const packs = [pack('acme', 'POST /clips'), pack('zenith', 'POST /clips')];
    expect(basesOf(packs, { acme: '/mock/a' })).toEqual([
      ['acme', ['/mock/a', '/acme'], null],
      ['zenith', ['', '/zenith'], null],
    ]);
    expect(placePacks(packs, { acme: '/mock/a' }).map(({ base }) => base)).toEqual(['/mock/a', '/zenith']);
    expect(basesOf(packs, { acme: '/acme' })[0]).toEqual(['acme', ['/acme'], null]);
  });

  it.each([
    ['the prefix of another', { acme: '/same', zenith: '/same' }],
    ['the name of another', { acme: '/zenith' }],
  ])('cannot be mounted at %s with the same paths', (_title, mounts) => {
    const packs = [pack('acme', 'POST /clips'), pack('zenith', 'POST /clips')];
    expect(() => placePacks(packs, mounts)).toThrow(
      expect.objectContaining({
        code: 'PACK_CONFLICT',
        message: expect.stringMatching(
          /^packs "(acme|zenith)" and "(acme|zenith)" both claim POST \/(same|zenith)\/clips$/,
        ),
      }),
    );
  });

  it('cannot have the name of another', () => {
    const packs = [pack('acme', 'POST /clips'), { ...pack('acme', 'POST /films'), dir: 'mine/acme' }];
    expect(() => placePacks(packs, {})).toThrow(
      expect.objectContaining({
        code: 'PACK_CONFLICT',
        message: 'two packs have the name "acme": packs/acme and mine/acme',
      }),
    );
  });
});

it('the packs that the first version had at the root keep it', () => {
  const atRoot = placePacks(
    builtInPackDirs().map((dir) => loadPack(dir)),
    {},
  ).flatMap(({ pack: { name }, bases }) => (bases.includes('') ? [name] : []));
  expect(atRoot).toEqual(
    expect.arrayContaining(['runway', 'luma', 'cometapi', 'runwayml', 'dream-machine', 'replicate']),
  );
});
