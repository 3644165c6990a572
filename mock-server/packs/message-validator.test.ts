import { describe, expect, it } from 'vitest';
import { schemaCompiler } from './document-schemas.ts';
import { builtInPackDirs, loadPack } from './load-pack.ts';
import { createMessageValidator } from './message-validator.ts';

const packs = builtInPackDirs().map((dir) => loadPack(dir));

describe('a schema compiler', () => {
  it.each(packs.map((pack) => [pack.name, pack] as const))(
    'compiles each schema of %s once',
    (_name, { document }) => {
      const compile = schemaCompiler(document, { thorough: true });
      for (const name of Object.keys(document.components?.schemas ?? {})) {
        const pointer = `/components/schemas/${name}`;
        expect(compile(pointer)).toBe(compile(pointer));
      }
    },
  );
});

describe('a message validator', () => {
  it.each(packs.map((pack) => [pack.name, pack] as const))(
    'reports the same problems each time for %s',
    (_name, pack) => {
      const validator = createMessageValidator(pack);
      const check = () => [
        ...pack.operations.flatMap(({ id }) =>
          [200, 429, 599, 999].map((status) => validator.answer(id, status, { strange: 1 })),
        ),
        ...pack.operations.map(({ id }) => validator.request(id, 'text')),
        ...[...pack.events.values()].map((event) => validator.callback(event, [])),
        validator.request('unknown', {}),
      ];
      expect(check()).toEqual(check());
    },
  );
});
