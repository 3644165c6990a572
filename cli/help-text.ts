const NARROWEST = 60;
const WIDEST = 100;

/** The width of help: that of the terminal, within what is readable. */
export function helpWidth(
  stdout: { readonly columns?: number },
  env: Readonly<Record<string, string | undefined>>,
): number {
  const asked = stdout.columns ?? Number(env.COLUMNS ?? WIDEST);
  const columns = Number.isSafeInteger(asked) && asked > 0 ? asked : WIDEST;
  return Math.min(WIDEST, Math.max(NARROWEST, columns));
}

/** Wraps paragraphs; indented lines are examples and headings with a colon end a paragraph, so both stay as they are. */
export function wrapProse(text: string, width: number): string {
  const wrapped: string[] = [];
  let paragraph: string[] = [];
  const flush = (): void => {
    wrapped.push(...wrapWords(paragraph.join(' '), width));
    paragraph = [];
  };
  for (const line of text.split('\n')) {
    const isFixed = line === '' || /^\s/.test(line);
    if (isFixed) flush();
    if (isFixed) wrapped.push(line);
    else paragraph.push(line);
  }
  flush();
  return wrapped.join('\n');
}

function wrapWords(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return line === '' ? lines : [...lines, line];
}
