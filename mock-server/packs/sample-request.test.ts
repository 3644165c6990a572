import { describe, expect, it } from 'vitest';
import { atPointer } from './expressions.ts';
import { builtInPackDirs, loadPack } from './load-pack.ts';
import type { Pack, SubmitOperation } from './pack.ts';
import { createRequestValidator } from './request-validator.ts';
import { sampleRequest } from './sample-request.ts';

/** Every submission of a pack's folder. */
function submissionsOf(dir: string): (readonly [Pack, SubmitOperation])[] {
  const pack = loadPack(dir);
  const found = pack.operations.flatMap((operation) =>
    operation.type === 'submit' ? [[pack, operation] as const] : [],
  );
  expect(found.length).toBeGreaterThan(0);
  return found;
}

/** The one value that a document allows for a header. */
const sampleHeader =
  ({ document }: Pack) =>
  (name: string): string | undefined => {
    const parameters = Object.values(document.components?.parameters ?? {});
    const found = parameters.find((parameter) => 'in' in parameter && parameter.name === name);
    return found !== undefined && 'schema' in found
      ? (found.schema as { default?: string }).default
      : undefined;
  };

describe('a sample request', () => {
  it.each(builtInPackDirs())('is one that the document allows: %s', (dir) => {
    for (const [pack, operation] of submissionsOf(dir)) {
      const body = sampleRequest(pack, operation, {}, 'seed');
      const parts = { query: () => undefined, header: sampleHeader(pack), pathParams: {}, body };
      expect(createRequestValidator(pack)(operation, parts)).toBeNull();
    }
  });

  it.each(builtInPackDirs())('is the same for the same seed: %s', (dir) => {
    for (const [pack, operation] of submissionsOf(dir)) {
      const one = sampleRequest(pack, operation, {}, 'one');
      expect(sampleRequest(pack, operation, {}, 'one')).toStrictEqual(one);
    }
  });

  it.each(builtInPackDirs())('has another prompt for another seed, where it has one: %s', (dir) => {
    for (const [pack, operation] of submissionsOf(dir)) {
      const promptOf = (seed: string) => operation.promptOf(sampleRequest(pack, operation, {}, seed));
      expect(promptOf('one') === promptOf('two')).toBe(operation.promptPointer === null);
    }
  });

  it.each(builtInPackDirs())('holds the fields it is given, where they belong: %s', (dir) => {
    const url = 'http://127.0.0.1:3000/callback';
    for (const [pack, operation] of submissionsOf(dir)) {
      const pointer = operation.callbackUrlPointer ?? '/url';
      const fields = { '/deep/er': 'x', '/left~1out': undefined, [pointer]: url };
      const sample = sampleRequest(pack, operation, fields, 'seed');
      expect(atPointer(sample, '/deep/er')).toBe('x');
      expect(atPointer(sample, '/left~1out')).toBeUndefined();
      expect(atPointer(sample, pointer)).toBe(url);
    }
  });

  it.each(builtInPackDirs())('leaves the example of the document as it was: %s', (dir) => {
    for (const [pack, operation] of submissionsOf(dir)) {
      const before = JSON.stringify(pack.document);
      sampleRequest(pack, operation, { '/prompt': 'changed', '/a/b': 'c' }, 'seed');
      expect(JSON.stringify(pack.document)).toBe(before);
    }
  });

  it.each(builtInPackDirs())('needs an example in the document: %s', (dir) => {
    for (const [pack, operation] of submissionsOf(dir)) {
      const sample = () => sampleRequest(pack, { ...operation, id: 'unheard-of' }, {}, 'seed');
      expect(sample).toThrow('operation "unheard-of" has no example of its request in the document');
    }
  });
});
