/** A fenced block of a page. */
export interface CodeBlock {
  readonly language: string;
  readonly text: string;
  /** Number of its first line in the page, without the fence. */
  readonly line: number;
  /** Why the block is not run by a test, from the comment before it: `<!-- not run: needs Docker -->`. */
  readonly notRun: string | null;
  /** Whether it is the body of a test with a mock, from the comment `<!-- in-a-test -->`. */
  readonly isInTest: boolean;
  /** Whether it shows lines that the previous block prints, from the comment `<!-- output -->`. */
  readonly isOutput: boolean;
}

const FENCE = /^ {0,3}(`{3,})([\w-]*)[^`]*$/;

/** Returns the fenced blocks of a page in order. */
export function codeBlocks(page: string): CodeBlock[] {
  const lines = page.split('\n');
  const blocks: CodeBlock[] = [];
  for (let at = 0; at < lines.length; at++) {
    const [, fence, language = ''] = FENCE.exec(lines[at] ?? '') ?? [];
    if (fence === undefined) continue;
    const end = lines.findIndex((line, n) => n > at && line.trim() === fence);
    const before = lines[at - 1] ?? '';
    const [, notRun = null] = /^<!-- not run: (.*) -->$/.exec(before) ?? [];
    const isInTest = before === '<!-- in-a-test -->';
    const isOutput = before === '<!-- output -->';
    const text = lines.slice(at + 1, end).join('\n');
    blocks.push({ language, text, line: at + 2, notRun, isInTest, isOutput });
    at = end;
  }
  return blocks;
}

/** Returns the lines of a page, with those of fenced blocks emptied, because they contain neither headings nor links. */
function prose(page: string): string[] {
  const lines = page.split('\n');
  const inside = new Set(
    codeBlocks(page).flatMap(({ line, text }) =>
      Array.from({ length: text.split('\n').length + 2 }, (_, n) => line - 2 + n),
    ),
  );
  return lines.map((text, at) => (inside.has(at) ? '' : text));
}

/** Returns the anchors that GitHub generates for the headings of a page, and the explicit ones (`<a id="…">`). */
export function anchors(page: string): Set<string> {
  const found = new Set<string>();
  for (const line of prose(page)) {
    for (const [, name = ''] of line.matchAll(/<a (?:id|name)="([^"]+)"/g)) found.add(name);
    const [, heading] = /^#{1,6} +(.*?)(?: +#+)? *$/.exec(line) ?? [];
    if (heading === undefined) continue;
    const slug = slugOf(heading);
    let unique = slug;
    for (let n = 1; found.has(unique); n++) unique = `${slug}-${n}`;
    found.add(unique);
  }
  return found;
}

/** Returns the slug that GitHub generates: lower case, without punctuation, a hyphen for each space. */
export function slugOf(heading: string): string {
  return heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}\p{Pc} -]/gu, '')
    .replaceAll(' ', '-');
}

export interface Link {
  readonly target: string;
  readonly line: number;
}

/** Returns the links and images of a page, except those inside code. */
export function links(page: string): Link[] {
  return prose(page).flatMap((text, at) => {
    const withoutCode = text.replace(/`[^`]*`/g, (span) => '`'.repeat(span.length));
    return [...withoutCode.matchAll(/\]\(<?([^)\s>]+)>?(?: "[^"]*")?\)/g)].map(([, target = '']) => ({
      target,
      line: at + 1,
    }));
  });
}

/** Returns the rows of the first table below a heading, as cells without backticks. */
export function tableBelow(page: string, heading: string): string[][] {
  const [, section = ''] = page.split(`${heading}\n`);
  const [rows = ''] = /(^\|.*\n)+/m.exec(section) ?? [];
  return rows
    .trim()
    .split('\n')
    .slice(2)
    .map((row) =>
      row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll('`', '')),
    );
}
