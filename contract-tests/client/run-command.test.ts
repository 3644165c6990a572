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
const isThere = (file: string): boolean => existsSync(file) && readFileSync(file, 'utf8') !== '';

/** Runs a command that never ends, and asks it to end once it has written its file. */
async function stopOnceThere(command: readonly string[], file: string): Promise<Ending> {
  const stop = new AbortController();
  const ending = runCommand(command, {
    env: { FILE: file },
    limitMs: 10 * HANG_LIMIT_MS,
    stop: stop.signal,
  });
  await expect.poll(() => isThere(file)).toBe(true);
  stop.abort();
  return ending;
}

describe('a command', () => {
  it('is run with its environment, and what it prints on both streams is kept', async () => {
    const ending = await run(node('console.log(process.env.A); console.error("two"); process.exit(7)'), {
      A: 'one',
    });
    expect(ending.exitCode).toBe(7);
    expect(ending.output).toContain('one');
    expect(ending.output).toContain('two');
  });

  it('that never ends by itself is ended at the limit', async () => {
    const ending = await runCommand(node('setInterval(() => {}, 1000)'), { env: {}, limitMs: 300 });
    expect(ending.exitCode).toBeNull();
  });

  it('that ignores SIGTERM is ended by force', async () => {
    const script = `process.on("SIGTERM", () => console.log("no")); require('fs').writeFileSync(process.env.FILE, 'x'); setInterval(() => {}, 1000)`;
    const ending = await stopOnceThere(node(script), join(dir, 'ready'));
    expect(ending).toEqual({ exitCode: null, output: 'no\n' });
  });

  it('leaves nobody behind that it started, whether it ends by itself or not', async () => {
    const child = `require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' })`;
    const tell = (after: string) =>
      node(
        `const child = ${child}; require('fs').writeFileSync(process.env.FILE, String(child.pid)); ${after}`,
      );
    const files = [join(dir, 'one'), join(dir, 'two')] as const;
    await run(tell('process.exit(0)'), { FILE: files[0] });
    await stopOnceThere(tell(''), files[1]);
    for (const file of files) {
      await expect.poll(() => isRunning(Number(readFileSync(file, 'utf8')))).toBe(false);
    }
  });

  it('that prints without end does not fill the memory; its beginning and its end are kept', async () => {
    const script = `process.stdout.write('first '); for (let n = 0; n < 4000; n++) process.stdout.write('x'.repeat(100)); process.stdout.write(' last')`;
    const { output } = await run(node(script));
    expect(output).toMatch(/^first x+/);
    expect(output).toMatch(/x+ last$/);
    expect(output.length).toBeLessThan(200_000);
  });

  it.each([
    [['no-such-program-anywhere'], /there is no such program/],
    [[''], /cannot be run/],
  ])('that cannot be run is told: %j', async (command, text) => {
    await expect(run(command)).rejects.toMatchObject({ code: 'CLIENT_UNUSABLE', message: text });
  });

  it('that is ended by somebody else did not do its work', async () => {
    expect((await run(node('process.kill(process.pid, "SIGKILL")'))).exitCode).toBe(1);
  });
});
