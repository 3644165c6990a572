/** A table, or nothing where there are no rows. Columns that are empty in every row are left out. */
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

/** Text that stays inside its cell. */
function cell(text: string): string {
  return text.trim().replaceAll('|', '\\|').replace(/\s+/g, ' ');
}

export function code(text: string): string {
  return text === '' ? '' : `\`${text}\``;
}

/** The beginning of every generated page. */
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

/** Lines as the text of a file: one newline at the end, and never two empty lines in a row. */
export function textOf(lines: readonly string[]): string {
  return `${lines
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trimEnd()}\n`;
}
