import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blocksIn, exceptionsAmong, type PageBlock } from './pages-with-blocks.ts';
import { ROOT } from './root.ts';

const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');
const all = blocksIn('ts', 'tsx', 'js', 'mjs');
const checked = all.filter(({ notRun }) => notRun === null);

/** Files of the reader's application that the blocks import. */
const READER_FILES: Readonly<Record<string, string>> = {
  'app.ts': "import express from 'express';\nexport const app = express();\n",
  'reads-env-at-import.ts': readFileSync(join(ROOT, 'fixtures/contracts/reads-env-at-import.ts'), 'utf8'),
  'make-video.ts':
    'export interface Options { url: string; key: string; pollEvery?: number }\n' +
    'export async function makeVideo(prompt: string, options?: Options): Promise<string> { return prompt + options?.url; }\n',
};

/** Declarations for blocks that are the body of a test. */
const TEST = `import type { MockServer } from 'stuntdouble';
import { expect } from 'vitest';

declare const mock: MockServer;
declare const myReceiverUrl: string;
`;

/** Inside the package, so that blocks can import it by name and find the types of its dependencies. */
let folder: string;
let problems: string;

beforeAll(async () => {
  mkdirSync(join(ROOT, 'dist'), { recursive: true });
  folder = mkdtempSync(join(ROOT, 'dist/blocks-'));
  const files = [...new Set(checked.map(({ page }) => page))].flatMap(writePage);
  const options = {
    extends: '../../tsconfig.json',
    // The examples must compile without the stricter rules of this project.
    compilerOptions: {
      noEmit: true,
      allowJs: true,
      checkJs: true,
      allowImportingTsExtensions: true,
      rewriteRelativeImportExtensions: false,
      erasableSyntaxOnly: false,
      noUncheckedIndexedAccess: false,
      exactOptionalPropertyTypes: false,
    },
    include: [],
    exclude: [],
    files,
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(options));
  problems = await new Promise((resolve) => {
    execFile(process.execPath, [TSC, '-p', folder, '--pretty', 'false'], { cwd: folder }, (_error, stdout) =>
      resolve(stdout),
    );
  });
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true }));

/** Writes the blocks of a page into a separate folder. @returns their files, relative to the project */
function writePage(page: string): string[] {
  const dir = folderOf(page);
  const named = new Set(checked.filter((block) => block.page === page).map(fileOf));
  const own = Object.entries(READER_FILES).filter(([name]) => !named.has(name));
  const files = [
    ...own,
    ...checked
      .filter((block) => block.page === page)
      .map((block) => [fileOf(block), (block.isInTest ? TEST : '') + block.text] as const),
  ];
  return files.map(([name, text]) => {
    const file = join(folder, dir, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text.endsWith('\n') ? text : `${text}\n`);
    return relative(folder, file);
  });
}

function folderOf(page: string): string {
  return page.replace(/\.md$/, '').replaceAll('/', '-');
}

/** Returns the file name of a block. Other blocks of the page can import a block that begins with `// path/name.ts`. */
function fileOf({ text, line, language }: PageBlock): string {
  const [, name] = /^\/\/ (\S+\.(?:tsx?|m?js))$/.exec(text.split('\n')[0] ?? '') ?? [];
  return name ?? `line-${line}.${language}`;
}

describe('the TypeScript blocks of the pages', () => {
  it('are found', () => {
    expect(checked.length).toBeGreaterThan(15);
  });

  it.each(checked.map((block) => [`${block.page}:${block.line}`, block] as const))(
    '%s compiles',
    (_place, block) => {
      const own = problems
        .split('\n')
        .filter((line) => line.startsWith(join(folderOf(block.page), fileOf(block))));
      expect(own).toEqual([]);
    },
  );

  it('compile together without errors', () => {
    expect(problems).toBe('');
  });

  it('are all checked, with these exceptions', () => {
    expect(exceptionsAmong(all)).toEqual([
      'docs/how-to/jest.md: needs Jest',
      'docs/how-to/playwright.md: needs @playwright/test',
      'docs/how-to/playwright.md: needs @playwright/test',
      'docs/how-to/playwright.md: needs @playwright/test',
    ]);
  });
});
