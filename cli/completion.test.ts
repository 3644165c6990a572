import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runInProcess } from './testing/run-in-process.ts';

const dir = mkdtempSync(join(tmpdir(), 'stuntdouble-completion-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Each prints, one per line, what the shell offers for the last word of its arguments. */
const ASK: Readonly<Record<string, (script: string) => readonly string[]>> = {
  bash: (script) => [
    '-c',
    `source ${script}; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _stuntdouble; printf '%s\\n' "\${COMPREPLY[@]}"`,
    'bash',
  ],
  // The functions that only run in the line editor are replaced by ones that print what they are given.
  zsh: (script) => [
    '-f',
    '-c',
    `compdef() { }; compadd() { shift; print -l -- "$@"; }; _files() { print -- FILES; }
     _describe() { print -l -- "\${(@)\${(@P)argv[-1]}%%:*}"; }
     source ${script}; words=("$@"); CURRENT=$#; _stuntdouble | grep -e "^$words[-1]" || true`,
    'zsh',
  ],
  fish: (script) => ['-c', `source ${script}; complete -C (string join ' ' -- $argv)`],
};

const installed = Object.keys(ASK).filter((shell) => spawnSync(shell, ['-c', 'true']).status === 0);

const QUESTIONS: readonly (readonly [words: readonly string[], offered: readonly string[]])[] = [
  [['ve'], ['verify']],
  [
    ['verify', ''],
    ['receiver', 'client', 'payload'],
  ],
  [['packs', 'ch'], ['check']],
  [
    ['completion', ''],
    ['bash', 'zsh', 'fish'],
  ],
  [['trigger', 'runway.g'], ['runway.generate']],
  [
    ['start', '--clock', ''],
    ['real', 'virtual', 'polls'],
  ],
  [['start', '--port', '4010', '--scenario', 'fail.ns'], ['fail.nsfw']],
  [['start', '--ack-st'], ['--ack-status']],
  [['verify', 'client', '--ack-st'], []],
];

async function offered(shell: string, words: readonly string[]): Promise<string[]> {
  const [of = () => []] = [ASK[shell]];
  const ran = spawnSync(shell, [...of(join(dir, shell)), 'stuntdouble', ...words], {
    cwd: dir,
    encoding: 'utf8',
  });
  expect(ran.stderr).toBe('');
  return ran.stdout
    .split('\n')
    .map((line) => line.split('\t')[0] ?? '')
    .filter((line) => line !== '');
}

it('has at least one shell to be tried in', () => {
  expect(installed).toContain('bash');
});

describe.each(Object.keys(ASK))('the completion of %s', (shell) => {
  beforeAll(async () => {
    const { code, out, err } = await runInProcess(['completion', shell]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    writeFileSync(join(dir, shell), out);
  });

  it.skipIf(!installed.includes(shell)).each(QUESTIONS)('offers for "%j" %j', async (words, expected) => {
    const found = await offered(shell, words);
    if (expected.length === 0) expect(found).toEqual([]);
    else expect(found).toEqual(expect.arrayContaining([...expected]));
  });

  it.skipIf(!installed.includes(shell))('leaves the words after -- to the other program', async () => {
    const found = await offered(shell, ['run', '--', 'node', '--po']);
    expect(found).not.toContain('--port');
  });
});

it('refuses another shell', async () => {
  const { code, err } = await runInProcess(['completion', 'ksh']);
  expect(code).toBe(64);
  expect(err).toContain('The shell must be bash, zsh or fish, got "ksh".');
});
