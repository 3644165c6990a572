import { Writable } from 'node:stream';
import { runProgram } from '../run-program.ts';

/** The result of a command. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/**
 * Runs a command in this process, which is much faster than starting a process. For commands that neither serve requests
 * after they return nor depend on `process.argv` or on signals.
 */
export async function runInProcess(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const out = collect();
  const err = collect();
  const code = await runProgram(['node', 'stuntdouble', ...args], {
    env,
    stdout: out.stream,
    stderr: err.stream,
  });
  return { code, out: out.text(), err: err.text() };
}

function collect(): { readonly stream: Writable; readonly text: () => string } {
  let text = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  return { stream, text: () => text };
}
