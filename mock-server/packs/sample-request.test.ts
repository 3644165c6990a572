import { describe, expect, it } from 'vitest';
import { builtInPackDirs, loadPack } from './load-pack.ts';
import type { Pack, SubmitOperation } from './pack.ts';
import { atPointer } from './pointer.ts';
import { createRequestValidator } from './request-validator.ts';
import { sampleRequest } from './sample-request.ts';

/** Returns every submit operation of the pack in a folder. */
function submissionsOf(dir: string): (readonly [Pack, SubmitOperation])[] {
  const pack = loadPack(dir);
  const found = pack.operations.flatMap((operation) =>
    operation.type === 'submit' ? [[pack, operation] as const] : [],
  );
  expect(found.length).toBeGreaterThan(0);
  return found;
}

/** Returns the default of a header in a document. */
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
  it.each(builtInPackDirs())('is valid against the document: %s', (dir) => {
    for (const [pack, operation] of submissionsOf(dir)) {
      const body = sampleRequest(pack, operation, {}, 'seed');
      const query = () => (operation.derives === null ? undefined : '0');
      const parts = { query, header: sampleHeader(pack), pathParams: {}, body };
      expect(createRequestValidator(pack)(operation, parts)).toBeNull();
    }
  });

  it.each(builtInPackDirs())('is the same for the same seed: %s', (dir) => {
    for (const [pack, operation] of submissionsOf(dir)) {
      const one = sampleRequest(pack, operation, {}, 'one');
      expect(sampleRequest(pack, operation, {}, 'one')).toStrictEqual(one);
    }
  });

  it.each(builtInPackDirs())('has a different prompt for a different seed, if it has a prompt: %s', (dir) => {
    for (const [pack, operation] of submissionsOf(dir)) {
      const promptOf = (seed: string) => operation.promptOf(sampleRequest(pack, operation, {}, seed));
      expect(promptOf('one') === promptOf('two')).toBe(operation.promptPointer === null);
    }
  });

  it.each(builtInPackDirs())('contains the given fields at their pointers: %s', (dir) => {
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

  it.each(builtInPackDirs())('does not change the example of the document: %s', (dir) => {
    for (const [pack, operation] of submissionsOf(dir)) {
      const before = JSON.stringify(pack.document);
      sampleRequest(pack, operation, { '/prompt': 'changed', '/a/b': 'c' }, 'seed');
      expect(JSON.stringify(pack.document)).toBe(before);
    }
  });

  it.each(builtInPackDirs())('requires an example in the document: %s', (dir) => {
    for (const [pack, operation] of submissionsOf(dir)) {
      const sample = () => sampleRequest(pack, { ...operation, id: 'unknown' }, {}, 'seed');
      expect(sample).toThrow('the document does not have an example request for operation "unknown"');
    }
  });
});
