import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { unusable } from '../contract-tests/client/run-command.ts';

export interface AttachOptions {
  /** Variables in addition to those of this process. */
  readonly env: Readonly<Record<string, string>>;
  /** Where the standard output of the command goes: to that of this process, or to its standard error. */
  readonly stdout: 'inherit' | 'stderr';
}

/** Signals that end the command, which then decides how it ends. */
const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs a command in the terminal of this process until it ends. Signals are passed on to it.
 * @returns its exit code; 128 plus the number of the signal if a signal ended it, as shells report it
 * @throws {CodedError} CLIENT_UNUSABLE when it cannot be started
 */
export async function runAttached(
  [program = '', ...args]: readonly string[],
  { env, stdout }: AttachOptions,
): Promise<number> {
  const child = spawn(program, args, {
    env: { ...process.env, ...env },
    stdio: ['inherit', stdout === 'inherit' ? 'inherit' : 2, 'inherit'],
  });
  const stop = passSignalsTo(child);
  try {
    return await new Promise((resolve, reject) => {
      child.on('error', (error) => reject(unusable(program, error)));
      child.on('exit', (code, signal) => resolve(code ?? codeOf(signal)));
    });
  } finally {
    stop();
  }
}

/** A terminal sends SIGINT to the whole process group, so that one must not be sent a second time. */
function passSignalsTo(child: ChildProcess): () => void {
  const handlers = FORWARDED.map((name) => {
    const handle = (): void => {
      if (name !== 'SIGINT' || !process.stdin.isTTY) child.kill(name);
    };
    process.on(name, handle);
    return [name, handle] as const;
  });
  return () => {
    for (const [name, handle] of handlers) process.off(name, handle);
  };
}

function codeOf(signal: NodeJS.Signals | null): number {
  return signal === null ? 1 : 128 + (constants.signals[signal] ?? 0);
}
