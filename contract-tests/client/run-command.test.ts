import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isRunning } from '../../fixtures/is-running.ts';
import { runCommand } from './run-command.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'stuntdouble-run-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const node = (script: string) => [process.execPath, '-e', script];
const run = (command: readonly string[], limitMs = 10_000, env: Record<string, string> = {}) =>
  runCommand(command, { env, limitMs });

describe('a command', () => {
  it('is run with its environment, and what it prints on both streams is kept', async () => {
    const ending = await run(
      node('console.log(process.env.A); console.error("two"); process.exit(7)'),
      10_000,
      { A: 'one' },
    );
    expect(ending.exitCode).toBe(7);
    expect(ending.output).toContain('one');
    expect(ending.output).toContain('two');
  });

  it('that ignores SIGTERM and never ends by itself is ended at the limit', async () => {
    const ending = await run(
      node('process.on("SIGTERM", () => console.log("no")); setInterval(() => {}, 1000)'),
      300,
    );
    expect(ending.exitCode).toBeNull();
  });

  it('leaves nobody behind that it started, whether it ends by itself or not', async () => {
    const child = `require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' })`;
    const tell = (after: string) =>
      node(
        `const child = ${child}; require('fs').writeFileSync(process.env.PID_FILE, String(child.pid)); ${after}`,
      );
    for (const [after, limitMs] of [
      ['process.exit(0)', 10_000],
      ['', 500],
    ] as const) {
      const file = join(dir, `pid-${limitMs}`);
      await run(tell(after), limitMs, { PID_FILE: file });
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
