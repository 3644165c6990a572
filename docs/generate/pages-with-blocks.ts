import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CodeBlock, codeBlocks } from './read-markdown.ts';
import { markdownFiles } from './repository.ts';
import { ROOT } from './root.ts';

export interface PageBlock extends CodeBlock {
  /** The page, as a path from the root of the repository. */
  readonly page: string;
}

/** The blocks of every page in these languages. */
export function blocksIn(...languages: readonly string[]): PageBlock[] {
  return markdownFiles().flatMap((page) =>
    codeBlocks(readFileSync(join(ROOT, page), 'utf8'))
      .filter(({ language }) => languages.includes(language))
      .map((block) => ({ ...block, page })),
  );
}

/** The blocks that no test runs, by page and reason. */
export function exceptionsAmong(blocks: readonly PageBlock[]): string[] {
  return blocks.flatMap(({ page, notRun }) => (notRun === null ? [] : [`${page}: ${notRun}`]));
}
