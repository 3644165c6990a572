import { describe, expect, it } from 'vitest';
import { describeAddresses, type ServedPack } from './describe-addresses.ts';

const URL = 'http://127.0.0.1:4010';

function served(name: string, more: Partial<ServedPack> = {}): ServedPack {
  return { name, profile: 'documented', url: `${URL}/${name}`, isAtRoot: true, displacedBy: null, ...more };
}

describe('the addresses of packs', () => {
  it('have a line each', () => {
    expect(
      describeAddresses(
        [
          served('acme'),
          served('zenith', { isAtRoot: false, displacedBy: 'acme' }),
          served('nadir', { isAtRoot: false, url: `${URL}/mine`, profile: 'observed' }),
        ],
        URL,
      ),
    ).toEqual([
      '  packs      acme    http://127.0.0.1:4010/acme    (documented, also at the root)',
      '             zenith  http://127.0.0.1:4010/zenith  (documented, not at the root, which serves these paths for acme)',
      '             nadir   http://127.0.0.1:4010/mine    (observed)',
    ]);
  });

  it('are summarized if there are many', () => {
    const many = Array.from({ length: 40 }, (_, index) => served(`vendor-${index}`));
    const lines = describeAddresses(
      [
        ...many,
        served('zenith', { isAtRoot: false, displacedBy: 'vendor-1' }),
        served('nadir', { isAtRoot: false, url: `${URL}/mine` }),
      ],
      URL,
    );
    expect(lines[0]).toBe('  packs      42 packs at http://127.0.0.1:4010/NAME, in the profile documented');
    expect(lines[1]).toMatch(/^ {13}also at the root: vendor-0, vendor-1,/);
    expect(lines.slice(-2)).toEqual([
      '             not at the root: zenith (instead: vendor-1)',
      '             moved: nadir at http://127.0.0.1:4010/mine',
    ]);
    expect(lines.length).toBeLessThan(12);
    for (const line of lines) expect(line.length).toBeLessThan(120);
  });
});
