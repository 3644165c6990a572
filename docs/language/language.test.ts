import { readdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../generate/root.ts';
import { BANNED_FORMS, bannedIn } from './banned-forms.ts';
import { collectTexts, hasTexts, type Text } from './collect-texts.ts';
import { NAMED_EXCEPTIONS, type NamedException } from './named-exceptions.ts';

const ROOMS = ['mock-server', 'contract-tests', 'cli', 'bench', 'fixtures', 'docs', 'spec'];
/** Built or foreign files, pages that repeat what is searched at its source, and the forms themselves. */
const SKIPPED =
  /(^|\/)(node_modules|__pycache__)\/|^docs\/(reference|language)\/|^docs\/(receivers|clients)\.md$|^package-lock/;

const texts = files().flatMap((file) => collectTexts(ROOT, file));
const used = new Set<NamedException>();

/** `npm run texts` writes every text to the file that this names. */
const target = process.env.STUNTDOUBLE_TEXTS;
if (target !== undefined) writeFileSync(target, texts.map(lineOf).join(''));

function files(): string[] {
  const inRooms = ROOMS.flatMap((room) =>
    readdirSync(join(ROOT, room), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(ROOT, join(entry.parentPath, entry.name))),
  );
  return [...readdirSync(ROOT), ...inRooms].filter((file) => hasTexts(file) && !SKIPPED.test(file)).sort();
}

function lineOf({ file, line, kind, text }: Text): string {
  return kind === 'name' ? '' : `${file}:${line} [${kind}] ${text}\n`;
}

function isExcepted({ file, text }: Text, form: string): boolean {
  const found = NAMED_EXCEPTIONS.find(
    (one) => one.form === form && one.text.test(text) && one.file?.test(file) !== false,
  );
  if (found !== undefined) used.add(found);
  return found !== undefined;
}

describe('the texts of the project', () => {
  it('are read from code, YAML, JSON, Markdown and markup', () => {
    for (const end of ['.ts', '.tsx', '.yaml', '.json', '.md', '.svg'])
      expect(texts.some(({ file }) => file.endsWith(end))).toBe(true);
    for (const kind of ['string', 'comment', 'markup', 'prose', 'name'])
      expect(texts.some((text) => text.kind === kind)).toBe(true);
  });

  it('have none of the banned forms', () => {
    const found = texts.flatMap((text) =>
      bannedIn(text.text, text.kind === 'name' ? 'name' : 'prose')
        .filter(({ name }) => !isExcepted(text, name))
        .map(({ name, write }) => `${text.file}:${text.line} ${name} (write: ${write}): ${text.text}`),
    );
    expect(found).toEqual([]);
  });

  it('need every named exception', () => {
    expect(NAMED_EXCEPTIONS.filter((one) => !used.has(one)).map(({ because }) => because)).toEqual([]);
  });
});

describe.each(BANNED_FORMS.map((form) => [form.name, form] as const))(
  'the banned form "%s"',
  (name, form) => {
    it('is found in its example', () => {
      expect(bannedIn(form.bad).map((one) => one.name)).toContain(name);
    });

    it('is missing from its correction', () => {
      expect(bannedIn(form.good)).toEqual([]);
    });
  },
);

it('no banned form is searched in inline code', () => {
  expect(bannedIn('The key `isNone` is none of these.').length).toBeGreaterThan(0);
  expect(bannedIn('The value `is none` is a word.')).toEqual([]);
});
