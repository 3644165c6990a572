import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runInProcess } from '../../cli/testing/run-in-process.ts';
import { listScenarios, loadPacks, type Pack } from '../../mock-server/index.ts';
import { formatDuration, inDocumentedOrder } from '../../mock-server/internal.ts';
import { codeBlocks, tableBelow } from './read-markdown.ts';
import { markdownFiles } from './repository.ts';
import { ROOT } from './root.ts';

const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
const packs = loadPacks();

const TASKS = [
  'Mock the vendor in your tests',
  'Test your webhook receiver',
  'Test your client',
  'Pick what goes wrong',
  'Move time',
  'Watch it',
  'Run it in CI',
];

describe('the README', () => {
  it('has fewer than 200 lines', () => {
    expect(readme.trimEnd().split('\n').length).toBeLessThan(200);
  });

  it('begins with a picture and a demo, then lists the tasks of its readers, the vendors and the assumptions', () => {
    const headings = [...readme.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual(['Try it', ...TASKS, 'Vendors', 'Assumptions and limits', 'More']);
    expect(readme.indexOf('![')).toBeLessThan(readme.indexOf('## Try it'));
    const [install, first, start, trigger] = codeBlocks(readme).filter(({ language }) => language === 'sh');
    expect(install?.text).toBe('npm install --save-dev stuntdouble');
    expect(first?.text).toBe('npx stuntdouble demo');
    expect(start?.text).toBe('npx stuntdouble start');
    expect(trigger?.text).toMatch(/^npx stuntdouble trigger /);
  });

  it('states the same versions of Node.js as package.json, and so does the page of runtimes', () => {
    const { engines } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      readonly engines: { readonly node: string };
    };
    for (const page of ['README.md', 'docs/runtimes.md']) {
      const stated = /Node\.js `([^`]+)`/.exec(readFileSync(join(ROOT, page), 'utf8'))?.[1];
      expect([page, stated]).toEqual([page, engines.node]);
    }
  });

  it('states the same duration of the demo as the help', async () => {
    const claim = /in about ten seconds/;
    expect(readme).toMatch(/The demo shows .* in about ten seconds/);
    for (const args of [['--help'], ['demo', '--help']]) {
      const { out } = await runInProcess(args);
      expect(out.replace(/\s+/g, ' ')).toMatch(claim);
    }
  });

  it('states the delivery rules and profiles of each pack', () => {
    const rows = tableBelow(readme, '## Vendors').flatMap(([, names = '', ...cells]) =>
      names.split(', ').map((name) => [name, ...cells]),
    );
    const byName = (a: readonly string[], b: readonly string[]): number =>
      (a[0] ?? '').localeCompare(b[0] ?? '', 'en');
    const facts = packs.map((pack) => factsOf(pack, together(pack.name)));
    expect(rows.sort(byName)).toEqual(facts.sort(byName));
  });

  it('lists the packs in the order of the admin API and the console', () => {
    const names = tableBelow(readme, '## Vendors').flatMap(([, name = '']) => name.split(', '));
    expect(names).toEqual(inDocumentedOrder(packs).map(({ name }) => name));
  });

  it('names existing scenarios', () => {
    const known = new Set(listScenarios(packs).map(({ name }) => name));
    const named = tableBelow(readme, '## Pick what goes wrong').flatMap((cells) =>
      [...cells.join(' ').matchAll(/(?:fail|submit|poll|state|callback|media)\.[\w-]+/g)].map(
        ([name]) => name,
      ),
    );
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });
});

/** Returns the packs in the same row of the table of vendors. */
function together(name: string): readonly Pack[] {
  const row = tableBelow(readme, '## Vendors').find(([, names = '']) => names.split(', ').includes(name));
  return packs.filter((pack) => row?.[1]?.split(', ').includes(pack.name));
}

/** Returns the cells of a pack in the table of vendors, without the title. A row has the profiles of all its packs. */
function factsOf({ name, events, delivery }: Pack, inRow: readonly Pack[]): string[] {
  const all = inRow.flatMap(({ profiles }) => profiles);
  const profiles = inRow.length === 1 ? all : [...new Set(all)].sort();
  const { ackTimeoutMs, ackStatus, retries, gapsMs } = delivery;
  const rules =
    events.size === 0
      ? ['no callbacks', '', '']
      : [
          formatDuration(ackTimeoutMs),
          `HTTP ${ackStatus}`,
          `${retries}, after ${gapsMs.map(formatDuration).join(', ')}`,
        ];
  return [name, ...rules, profiles.join(', ')];
}

describe('curl commands in the pages', () => {
  const commands = markdownFiles().flatMap((page) =>
    codeBlocks(readFileSync(join(ROOT, page), 'utf8')).flatMap(({ text, line }) =>
      text
        .split('\n')
        .map((command, n) => ({ place: `${page}:${line + n}`, command }))
        .filter(({ command }) => /\bcurl\b/.test(command)),
    ),
  );

  it('have at most 120 characters per line', () => {
    expect(commands.length).toBeGreaterThan(5);
    expect(commands.filter(({ command }) => command.length > 120)).toEqual([]);
  });
});
