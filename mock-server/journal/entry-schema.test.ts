import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PACKAGE_ROOT } from '../packs/package-root.ts';
import { readYamlFile } from '../packs/yaml-file.ts';
import { createEntryCheck, ENTRY_SCHEMAS } from './entry-schema.ts';
import { JOURNAL_TYPES } from './journal-entry.ts';

interface Schema {
  readonly required?: readonly string[];
}

const { schemas } = (
  readYamlFile(join(PACKAGE_ROOT, 'spec/admin.openapi.yaml')).value as {
    readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
  }
).components;

describe('the schemas of entries on disk', () => {
  it('cover every type', () => {
    expect(Object.keys(ENTRY_SCHEMAS).sort()).toEqual(Object.keys(JOURNAL_TYPES).sort());
  });

  it.each(Object.entries(ENTRY_SCHEMAS))(
    'require the properties that the admin API promises: %s',
    (type, schema) => {
      const name = type.replace(/(^|\.)(\w)/g, (_all, _dot, letter: string) => letter.toUpperCase());
      const promised = (schemas[name]?.required ?? []).filter((key) => key !== 'type');
      expect([...(schema.required as string[])].sort()).toEqual(['seq', 'at', 'wallAt', ...promised].sort());
    },
  );

  it('report the invalid property', () => {
    const check = createEntryCheck();
    const entry = { seq: 1, at: 1, wallAt: 1, type: 'clock.moved', fromAt: 1, toAt: 2 };
    expect(check(entry)).toBeNull();
    expect(check({ ...entry, toAt: '2' })).toBe('has "2" at /toAt, which must be number');
    expect(check({ ...entry, type: 'clock.stopped' })).toBe('has the unknown type "clock.stopped"');
  });
});
