const NARROWEST = 60;
const WIDEST = 100;

/** Returns the width of the help text: the width of the terminal, within readable limits. */
export function helpWidth(
  stdout: { readonly columns?: number },
  env: Readonly<Record<string, string | undefined>>,
): number {
  const requested = stdout.columns ?? Number(env.COLUMNS ?? WIDEST);
  const columns = Number.isSafeInteger(requested) && requested > 0 ? requested : WIDEST;
  return Math.min(WIDEST, Math.max(NARROWEST, columns));
}

/** Wraps paragraphs. Indented lines, such as examples, are not changed. */
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
