import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HANG_LIMIT_MS } from '../../fixtures/hang-limit.ts';
import { isRunning } from '../../fixtures/is-running.ts';
import { type Ending, runCommand } from './run-command.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'stuntdouble-run-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const node = (script: string) => [process.execPath, '-e', script];
const run = (command: readonly string[], env: Record<string, string> = {}) =>
  runCommand(command, { env, limitMs: 10 * HANG_LIMIT_MS });
const hasContent = (file: string): boolean => existsSync(file) && readFileSync(file, 'utf8') !== '';

/** Runs a command that never ends, and stops it once it has written its file. */
async function stopOnceReady(command: readonly string[], file: string): Promise<Ending> {
  const stop = new AbortController();
  const ending = runCommand(command, {
    env: { FILE: file },
    limitMs: 10 * HANG_LIMIT_MS,
    stop: stop.signal,
  });
  await expect.poll(() => hasContent(file)).toBe(true);
  stop.abort();
  return ending;
}

describe('runCommand', () => {
  it('passes the environment and keeps the output of both streams', async () => {
    const ending = await run(node('console.log(process.env.A); console.error("two"); process.exit(7)'), {
      A: 'one',
    });
    expect(ending.exitCode).toBe(7);
    expect(ending.output).toContain('one');
    expect(ending.output).toContain('two');
  });

  it('stops a command at the time limit', async () => {
    const ending = await runCommand(node('setInterval(() => {}, 1000)'), { env: {}, limitMs: 300 });
    expect(ending.exitCode).toBeNull();
  });

  it('kills a command that ignores SIGTERM', async () => {
    const script = `process.on("SIGTERM", () => console.log("no")); require('fs').writeFileSync(process.env.FILE, 'x'); setInterval(() => {}, 1000)`;
    const ending = await stopOnceReady(node(script), join(dir, 'ready'));
    expect(ending).toEqual({ exitCode: null, output: 'no\n' });
  });

  it('leaves no child process behind, whether the command exits or is stopped', async () => {
    const child = `require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' })`;
    const spawnChild = (after: string) =>
      node(
        `const child = ${child}; require('fs').writeFileSync(process.env.FILE, String(child.pid)); ${after}`,
      );
    const files = [join(dir, 'one'), join(dir, 'two')] as const;
    await run(spawnChild('process.exit(0)'), { FILE: files[0] });
    await stopOnceReady(spawnChild(''), files[1]);
    for (const file of files) {
      await expect.poll(() => isRunning(Number(readFileSync(file, 'utf8')))).toBe(false);
    }
  });

  it('keeps only the start and the end of a long output', async () => {
    const script = `process.stdout.write('first '); for (let n = 0; n < 4000; n++) process.stdout.write('x'.repeat(100)); process.stdout.write(' last')`;
    const { output } = await run(node(script));
    expect(output).toMatch(/^first x+/);
    expect(output).toMatch(/x+ last$/);
    expect(output.length).toBeLessThan(200_000);
  });

  it.each([
    [['no-such-program-anywhere'], /the program does not exist/],
    [[''], /could not be run/],
  ])('rejects a command that cannot be run: %j', async (command, text) => {
    await expect(run(command)).rejects.toMatchObject({ code: 'CLIENT_UNUSABLE', message: text });
  });

  it('reports failure for a command that another process killed', async () => {
    expect((await run(node('process.kill(process.pid, "SIGKILL")'))).exitCode).toBe(1);
  });
});
