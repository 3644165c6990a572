import { describe, expect, it } from 'vitest';
import { checkIdPath, compileAliases, compileIdForm, compileTaskId, idInMessages } from './compile-ids.ts';
import { Defect } from './defect.ts';
import type { TaskIdSource } from './id-source.ts';

function defectOf(source: TaskIdSource): string {
  try {
    compileTaskId(source);
  } catch (error) {
    if (error instanceof Defect) return `${error.pointer} ${error.message}`;
  }
  return '';
}

describe('the form of an id', () => {
  it('is a notation, or characters of an alphabet', () => {
    expect(compileIdForm('base32')).toBe('base32');
    expect(compileIdForm({ alphabet: 'digits', length: 9, as: 'integer' })).toEqual({
      prefix: '',
      characters: '0123456789',
      length: 9,
      isInteger: true,
    });
    expect(compileIdForm({ prefix: 'v_', alphabet: 'ABCDEFGHJK', length: 8 })).toMatchObject({
      prefix: 'v_',
      characters: 'ABCDEFGHJK',
      isInteger: false,
    });
  });

  it.each([
    [{ alphabet: 'digits', length: 5 }, '/length expected at least 1000000 possible ids, got 100000'],
    [{ alphabet: 'hex', length: 12, as: 'integer' }, '/as an integer consists of "digits", without a prefix'],
    [{ alphabet: 'digits', length: 16, as: 'integer' }, '/length an integer has at most 15 digits, got 16'],
    [{ alphabet: 'base62', length: 20 }, '/alphabet expected hex, base32, base36, digits, alphanumeric, or'],
    [{ alphabet: '0123456789a/', length: 20 }, '/alphabet expected hex'],
    [{ alphabet: '00123456789', length: 20 }, '/alphabet expected hex'],
    [{ notation: 'uuid', in: 'jobs/{$request.path.model}' }, '/in expected "{id}" once'],
    [{ notation: 'uuid', in: 'jobs/{$request.body#/model}/{id}' }, '/in expected only "{id}" and'],
    [{ alphabet: 'digits', length: 9, as: 'integer', in: 'jobs/{id}' }, '/as an id within a path is not'],
  ] as const)('cannot be %j', (source, message) => {
    expect(defectOf(source)).toContain(message);
  });

  it('in a path needs the parameters in the path of its operation', () => {
    const { idPath } = compileTaskId({ notation: 'uuid', in: 'jobs/{$request.path.model}/{id}' });
    expect(() => checkIdPath({ idPath }, '/jobs/{model}', 'create')).not.toThrow();
    expect(() => checkIdPath({ idPath }, '/jobs/{+model}', 'create')).not.toThrow();
    expect(() => checkIdPath({ idPath }, '/jobs', 'create')).toThrow('has no parameter "model"');
  });

  it('is written as a number only where it is one', () => {
    const form = { prefix: '', characters: '0123456789', length: 9 };
    expect(idInMessages('123456789', { ...form, isInteger: true })).toBe(123456789);
    expect(idInMessages('123456789', { ...form, isInteger: false })).toBe('123456789');
    expect(idInMessages('123456789', 'hex32')).toBe('123456789');
  });
});

describe('the aliases in a request', () => {
  const nothing = { query: () => undefined, header: () => undefined, pathParams: {} };

  it('are the texts and numbers at their places, each once', () => {
    const rules = compileAliases({
      id: 'uuid',
      mediaLifetime: '1h',
      aliases: ['$request.body#/a', '$request.body#/b', '$request.header.x-id'],
    });
    expect(rules?.of({ ...nothing, body: { a: 'one', b: 2 }, header: () => 'one' })).toEqual(['one', '2']);
    expect(rules?.of({ ...nothing, body: { a: '', b: { c: 1 } } })).toEqual([]);
    expect(rules?.areUnique).toBe(false);
  });

  it('do not exist in packs that name no place', () => {
    expect(compileAliases({ id: 'uuid', mediaLifetime: '1h' })).toBeNull();
  });
});
