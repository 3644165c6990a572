/** Returns the lines of a table without its empty columns. @returns an empty list if `rows` is empty */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const used = headings.map((_, column) => rows.some((row) => (row[column] ?? '') !== ''));
  const line = (cells: readonly string[]): string =>
    `| ${cells
      .filter((_, column) => used[column])
      .map(cell)
      .join(' | ')} |`;
  return [line(headings), line(headings.map(() => '---')), ...rows.map(line), ''];
}

/** Escapes a text for a cell. */
function cell(text: string): string {
  return text.trim().replaceAll('|', '\\|').replace(/\s+/g, ' ');
}

/** Returns a text as inline code. */
export function code(text: string): string {
  return text === '' ? '' : `\`${text}\``;
}

/** Returns the first lines of a generated page. */
export function pageOf(title: string, introduction: readonly string[], source: string): string[] {
  return [
    `# ${title}`,
    '',
    ...introduction,
    '',
    `This page is generated from ${source} by \`npm run docs\`. A test fails when it is out of date.`,
    '',
  ];
}

/** Joins lines to the text of a file, with one newline at the end and without consecutive empty lines. */
export function textOf(lines: readonly string[]): string {
  return `${lines
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trimEnd()}\n`;
}
