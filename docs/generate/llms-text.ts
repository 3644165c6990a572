/** `llms.txt`: every page that the index of `docs/` lists, in its order and under its headings. */
export function llmsText(read: (page: string) => string): string {
  const { description } = JSON.parse(read('package.json')) as {
    readonly description: string;
  };
  const lines = read('docs/README.md')
    .split('\n')
    .flatMap((line) => {
      if (line.startsWith('## ')) return ['', line, ''];
      const [, purpose = '', target] = /^\| ([^|]+) \| \[[^\]]+\]\(([^)#]+)\) \|$/.exec(line) ?? [];
      return target === undefined ? [] : [`- [${purpose}](docs/${target})`];
    });
  return [
    '# Stunt Double',
    '',
    `> ${description}`,
    ...lines,
    '',
    '## Optional',
    '',
    '- [What it is, and a first run](README.md)',
    '- [Concepts: plan, clock, journal, packs, grades and verdicts](docs/concepts.md)',
    '- [Performance](docs/performance.md)',
    '',
  ]
    .join('\n')
    .replace('\n## Background\n', '')
    .replace(/\n{3,}/g, '\n\n');
}
