import { describe, expect, it } from 'vitest';
import { exampleRequest } from '../../fixtures/clients/pack-calls.ts';
import { loadPacks, type Pack } from '../../mock-server/index.ts';
import { undocumentedFields } from './undocumented-fields.ts';

const packs = loadPacks();

function pack(name: string): Pack {
  const found = packs.find((one) => one.name === name);
  if (found === undefined) throw new Error(`unknown pack ${name}`);
  return found;
}

function submitOf({ operations }: Pack, id?: string) {
  const found = operations.find((one) => one.type === 'submit' && (id === undefined || one.id === id));
  if (found?.type !== 'submit') throw new Error(`unknown operation ${id}`);
  return found;
}

/** Returns the fields that are recognized as misspelled when added to the example of the document. */
function misnamed(name: string, fields: readonly (readonly [string, unknown])[]): [string, string][] {
  const operation = submitOf(pack(name));
  const body = { ...exampleRequest(pack(name), operation) };
  for (const known of ['imageUrl', 'waterMark', 'options', 'style']) delete body[known];
  return undocumentedFields(pack(name), operation.id, { ...body, ...Object.fromEntries(fields) }).flatMap(
    ({ at, meant }) => (meant === null ? [] : [[at, meant]]),
  );
}

describe('undocumentedFields', () => {
  it.each([
    ['runway', 'imageUrls', '/imageUrl'],
    ['runway', 'image_url', '/imageUrl'],
    ['runway', 'ImageURL', '/imageUrl'],
    ['runway', 'imagUrl', '/imageUrl'],
    ['runway', 'water_mark', '/waterMark'],
    ['runway', 'watermark', '/waterMark'],
    ['cometapi', 'styles', '/style'],
    ['runwayml', 'Seed', '/seed'],
  ])('finds the documented name of a misspelled field: %s, %s', (name, field, meant) => {
    expect(misnamed(name, [[field, 'x']])).toEqual([[`/${field}`, meant]]);
  });

  it('finds misspelled fields in nested objects', () => {
    expect(misnamed('cometapi', [['options', { second: 5, motion_vector: { bgXPan: 1 } }]])).toEqual([
      ['/options/second', '/options/seconds'],
      ['/options/motion_vector/bgXPan', '/options/motion_vector/bg_x_pan'],
    ]);
  });
});

describe('undocumentedFields finds no documented name', () => {
  it.each([
    ['runway', 'resembles no documented field', [['clientRef', 'x']]],
    [
      'runway',
      'is also present under its documented name',
      [
        ['imageUrl', 'https://a.test/x.png'],
        ['image_url', 'https://a.test/x.png'],
      ],
    ],
    ['runway', 'is short', [['sed', 1]]],
    ['replicate', 'is in an object that accepts any field', [['input', { promt: 'A cat', image_urls: [] }]]],
    ['dream-machine', 'differs in a number', [['keyframes', { frame7: { type: 'image' } }]]],
  ] as const)('for a field of %s that %s', (name, _why, fields) => {
    expect(misnamed(name, fields)).toEqual([]);
  });

  it.each(packs.map((one) => [one.name, one] as const))('for the examples of %s', (_name, one) => {
    for (const operation of one.operations) {
      // Calls without a body, such as the GET of a derived task, do not have an example.
      if (operation.type !== 'submit' || operation.method === 'GET') continue;
      expect(undocumentedFields(one, operation.id, exampleRequest(one, operation))).toEqual([]);
    }
  });
});
