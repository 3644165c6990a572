import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CodedError, ERRORS, type ErrorCode } from '../../mock-server/index.ts';
import { anchors } from './read-markdown.ts';
import { sourceFiles } from './repository.ts';
import { ROOT } from './root.ts';

const sources = sourceFiles().map((file) => ({ file, text: readFileSync(join(ROOT, file), 'utf8') }));
const document = readFileSync(join(ROOT, 'spec/admin.openapi.yaml'), 'utf8');

/** Codes in the sources: the first argument of an error, or a constant named `code`. */
const used = sources.flatMap(({ file, text }) =>
  [...text.matchAll(/(?:new CodedError\(\s*|super\(\s*|\bcode(?:: | = ))'([A-Z]+(?:_[A-Z]+)*)'/g)]
    .map(([, code = '']) => ({ file, code }))
    // Codes of the operating system and of Node are compared in code and never printed.
    .filter(({ code }) => !/^(E[A-Z]+|ERR_[A-Z_]+)$/.test(code)),
);

describe('the table of errors', () => {
  it('contains every code that the sources use', () => {
    expect(new Set(used.map(({ code }) => code)).size).toBeGreaterThan(25);
    expect(used.filter(({ code }) => !(code in ERRORS))).toEqual([]);
  });

  it('contains every code of the admin document', () => {
    const codes = [...document.matchAll(/^ +code: \{ const: ([A-Z_]+) \}/gm)].map(([, code = '']) => code);
    expect(codes.length).toBeGreaterThan(10);
    expect(codes.filter((code) => !(code in ERRORS))).toEqual([]);
  });

  it.each(Object.keys(ERRORS))('contains %s, which the sources use', (code) => {
    const users = sources.filter(
      ({ file, text }) => !file.endsWith('error-codes.ts') && new RegExp(`['[]${code}['\\]]`).test(text),
    );
    expect(users.map(({ file }) => file)).not.toEqual([]);
  });

  it.each(Object.keys(ERRORS) as ErrorCode[])('has a section to which the error %s links', (code) => {
    const [file = '', anchor = ''] = new CodedError(code, 'a message').page.split('#');
    expect(anchors(readFileSync(join(ROOT, file), 'utf8'))).toContain(anchor);
  });

  it('contains the titles of all problems of the admin API', () => {
    const literal = sources.filter(
      ({ file, text }) => file.startsWith('mock-server/http/') && /title(:| =) ['"`]/.test(text),
    );
    expect(literal.map(({ file }) => file)).toEqual([]);
  });
});
