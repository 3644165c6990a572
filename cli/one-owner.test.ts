import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';

const RIVALS = 6;
const ROUNDS = 3;
const MODULE = pathToFileURL(join(import.meta.dirname, '../dist/mock-server/journal/folder-lock.js')).href;
/** Waits for a line, so that all processes start at the same time, and prints whether it locked the folder. */
const RIVAL = `
const { lockFolder } = await import(process.argv[1]);
process.stdin.once('data', () => {
  try { lockFolder(process.argv[2]); console.log('mine'); } catch ({ code }) { console.log(code); }
});
console.log('ready');
`;

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'stuntdouble-owner-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

function rival() {
  const child = spawn(process.execPath, ['--input-type=module', '-e', RIVAL, MODULE, dir]);
  const ended = new Promise((resolve) => child.on('exit', resolve));
  const nextLine = (): Promise<string> =>
    new Promise((resolve) => child.stdout.once('data', (chunk: Buffer) => resolve(String(chunk).trim())));
  return { child, ended, nextLine };
}

it('locks a folder for one of several concurrent processes, even after the previous owner was killed', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const rivals = Array.from({ length: RIVALS }, rival);
    await Promise.all(rivals.map(({ nextLine }) => nextLine()));
    const answers = await Promise.all(
      rivals.map(({ child, nextLine }) => {
        const answer = nextLine();
        child.stdin.write('go\n');
        return answer;
      }),
    );
    const losers = Array<string>(RIVALS - 1).fill('DATA_LOCKED');
    expect(answers.sort()).toEqual([...losers, 'mine']);
    for (const { child } of rivals) child.kill('SIGKILL');
    await Promise.all(rivals.map(({ ended }) => ended));
  }
});
