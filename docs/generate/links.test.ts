import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { anchors, links, slugOf } from './read-markdown.ts';
import { markdownFiles } from './repository.ts';
import { ROOT } from './root.ts';

const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const pages = markdownFiles();
/** Patterns of the files that npm packs: those of package.json, and those that npm always adds. */
const SHIPPED = [
  ...(JSON.parse(read('package.json')) as { readonly files: readonly string[] }).files,
  'README.md',
  'LICENSE',
  'package.json',
].map(
  (pattern) =>
    new RegExp(
      `^${pattern
        .replaceAll('.', '\\.')
        .replace('**/', '(.*/)?')
        .replace(/(?<!\.)\*/, '[^/]*')}($|/)`,
    ),
);
const isShipped = (file: string): boolean => SHIPPED.some((pattern) => pattern.test(file));
const isRelative = (target: string): boolean => !/^[a-z]+:/.test(target);

/** Returns why a link is broken, or null. */
function brokenBecause(page: string, target: string): string | null {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? page : normalize(join(dirname(page), path));
  if (!existsSync(join(ROOT, file))) return `${file} does not exist`;
  if (anchor === undefined) return null;
  return anchors(read(file)).has(anchor) ? null : `${file} has no anchor "${anchor}"`;
}

describe('links', () => {
  it.each(pages)('of %s point to existing files and headings', (page) => {
    const broken = links(read(page))
      .filter(({ target }) => isRelative(target))
      .map(({ target, line }) => ({ line, target, because: brokenBecause(page, target) }))
      .filter(({ because }) => because !== null);
    expect(broken).toEqual([]);
  });

  it('are found in text but not in code', () => {
    const page = '[a](b.md#c) and ![d](e.png) and `[f](g.md)`\n\n```ts\n[h](i.md)\n```\n\n[j](k.md)\n';
    expect(links(page)).toEqual([
      { target: 'b.md#c', line: 1 },
      { target: 'e.png', line: 1 },
      { target: 'k.md', line: 7 },
    ]);
  });

  it('are broken when the file or the heading is missing', () => {
    expect(brokenBecause('docs/README.md', 'nowhere.md')).toBe('docs/nowhere.md does not exist');
    expect(brokenBecause('docs/README.md', 'concepts.md#nowhere')).toContain('no anchor "nowhere"');
    expect(brokenBecause('docs/README.md', '../README.md')).toBeNull();
  });
});

describe('anchors', () => {
  it.each([
    ['Test your receiver', 'test-your-receiver'],
    ['RCV-ACK-01: A failure is acknowledged with 200', 'rcv-ack-01-a-failure-is-acknowledged-with-200'],
    ['`GET /tasks/{taskId}`', 'get-taskstaskid'],
    ['Assumptions, and their limits', 'assumptions-and-their-limits'],
    ['OPTION_INVALID', 'option_invalid'],
  ])('of the heading "%s" match those of GitHub', (heading, slug) => {
    expect(slugOf(heading)).toBe(slug);
  });

  it('are numbered when a heading is repeated', () => {
    expect([...anchors('## A\n\n## A\n')]).toEqual(['a', 'a-1']);
  });
});

describe('the pages', () => {
  it('are all listed in the index of docs/ and in llms.txt', () => {
    const shown = pages.filter((page) => page.startsWith('docs/') && page !== 'docs/README.md');
    const index = links(read('docs/README.md')).map(({ target }) =>
      normalize(join('docs', target.split('#')[0] ?? '')),
    );
    const listed = [...read('llms.txt').matchAll(/\]\(([^)]+)\)/g)].map(([, target = '']) => target);
    expect(shown.filter((page) => !index.includes(page))).toEqual([]);
    expect(shown.filter((page) => !listed.includes(page))).toEqual([]);
    expect(listed.filter((page) => !existsSync(join(ROOT, page)))).toEqual([]);
  });

  it.each(pages.filter(isShipped))('%s links to shipped files only', (page) => {
    const missing = links(read(page))
      .map(({ target }) => target.split('#')[0] ?? '')
      .filter((path) => path !== '' && isRelative(path))
      .map((path) => normalize(join(dirname(page), path)))
      .filter((file) => !isShipped(file));
    expect(missing).toEqual([]);
  });
});
