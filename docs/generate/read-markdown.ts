/** A fenced block of a page. */
export interface CodeBlock {
  readonly language: string;
  readonly text: string;
  /** Line of its first line in the page. */
  readonly line: number;
  /** Why no test runs it, from a comment right before it: `<!-- not run: needs Docker -->`. */
  readonly notRun: string | null;
  /** Whether it is the body of a test with a mock, from the comment `<!-- in-a-test -->`. */
  readonly isInTest: boolean;
}

const FENCE = /^ {0,3}(`{3,})([\w-]*)[^`]*$/;

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
    blocks.push({ language, text: lines.slice(at + 1, end).join('\n'), line: at + 2, notRun, isInTest });
    at = end;
  }
  return blocks;
}

/** A page without its fenced blocks: what is in them is neither a heading nor a link. */
function prose(page: string): string[] {
  const lines = page.split('\n');
  const inside = new Set(
    codeBlocks(page).flatMap(({ line, text }) =>
      Array.from({ length: text.split('\n').length + 2 }, (_, n) => line - 2 + n),
    ),
  );
  return lines.map((text, at) => (inside.has(at) ? '' : text));
}

/** The anchors that GitHub gives the headings of a page, and those that the page names itself. */
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

/** As GitHub does it: lower case, punctuation dropped, a hyphen for each space. */
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

/** Links and images of a page, without those inside code. */
export function links(page: string): Link[] {
  return prose(page).flatMap((text, at) => {
    const withoutCode = text.replace(/`[^`]*`/g, (span) => '`'.repeat(span.length));
    return [...withoutCode.matchAll(/\]\(<?([^)\s>]+)>?(?: "[^"]*")?\)/g)].map(([, target = '']) => ({
      target,
      line: at + 1,
    }));
  });
}
