import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CodeBlock, codeBlocks } from './read-markdown.ts';
import { markdownFiles } from './repository.ts';
import { ROOT } from './root.ts';

export interface PageBlock extends CodeBlock {
  /** Path of the page from the root of the repository. */
  readonly page: string;
}

/** Returns the blocks of every page in the given languages. */
export function blocksIn(...languages: readonly string[]): PageBlock[] {
  return markdownFiles().flatMap((page) =>
    codeBlocks(readFileSync(join(ROOT, page), 'utf8'))
      .filter(({ language }) => languages.includes(language))
      .map((block) => ({ ...block, page })),
  );
}

/** Returns the blocks that are not run by any test, as page and reason. */
export function exceptionsAmong(blocks: readonly PageBlock[]): string[] {
  return blocks.flatMap(({ page, notRun }) => (notRun === null ? [] : [`${page}: ${notRun}`]));
}

/** Returns the output that a page shows right after a block, or null. */
export function outputAfter({ page, line }: PageBlock): string | null {
  const blocks = codeBlocks(readFileSync(join(ROOT, page), 'utf8'));
  const next = blocks[blocks.findIndex((block) => block.line === line) + 1];
  return next?.isOutput === true ? next.text : null;
}

/** Returns the lines of an output that were not printed. Numbers and ids may differ, and `…` matches any text. */
export function linesNotPrinted(shown: string, printed: string): string[] {
  const actual = printed.split('\n').map((line) => line.trim());
  return shown
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !actual.some((other) => patternOf(line).test(other)));
}

function patternOf(line: string): RegExp {
  const pattern = line
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replace(/\b(?=[\da-f]*\d)[\da-f]{8}\b/g, '[\\da-f]{8}')
    .replace(/(?<![\da-f{\\])\d+(?!\})/g, '\\d+')
    .replaceAll('…', '.*');
  return new RegExp(`^${pattern}$`);
}
