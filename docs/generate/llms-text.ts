/** Returns `llms.txt`: the pages of the index of `docs/`, in the same order and under the same headings. */
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
    '- [Overview and first run](README.md)',
    '- [Concepts: plan, clock, journal, packs, grades and verdicts](docs/concepts.md)',
    '- [Performance](docs/performance.md)',
    '',
  ]
    .join('\n')
    .replace('\n## Background\n', '')
    .replace(/\n{3,}/g, '\n\n');
}
