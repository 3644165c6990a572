import { type ChildProcess, spawn } from 'node:child_process';
import { CodedError } from '../../mock-server/index.ts';

/** How a run of a client ended. */
export interface Ending {
  /** Null when the client was stopped. */
  readonly exitCode: number | null;
  readonly output: string;
}

export interface CommandOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string | undefined;
  /** Wall time after which the command is stopped. */
  readonly limitMs: number;
  /** Stops the command early. */
  readonly stop?: AbortSignal;
}

/** Number of characters that are kept of the start and of the end of the output. */
const KEPT_CHARACTERS = 64 * 1024;
/** Time between SIGTERM and SIGKILL. */
const GRACE_MS = 1000;
const HAS_GROUPS = process.platform !== 'win32';

const running = new Set<ChildProcess>();
// No child process outlives this one, however it exits.
process.on('exit', () => {
  for (const child of running) signal(child, 'SIGKILL');
});

/**
 * Runs a command until it exits or reaches the limit. Afterwards, neither the command nor its child processes run.
 * @throws {CodedError} CLIENT_UNUSABLE when it cannot be started
 */
export async function runCommand(
  [program = '', ...args]: readonly string[],
  { env, cwd, limitMs, stop }: CommandOptions,
): Promise<Ending> {
  const child = start(program, args, { env, cwd });
  running.add(child);
  const output = collect(child);
  const exited = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => resolve(code));
  });
  let isOver = false;
  let killer: NodeJS.Timeout | undefined;
  const end = (): void => {
    isOver = true;
    signal(child, 'SIGTERM');
    killer ??= setTimeout(() => signal(child, 'SIGKILL'), GRACE_MS);
  };
  const limit = setTimeout(end, limitMs);
  stop?.addEventListener('abort', end, { once: true });
  try {
    const code = await exited;
    // The pipe may still hold output, but a process that inherited the pipe must not block the result.
    await Promise.race([ended(child), new Promise((resolve) => setTimeout(resolve, GRACE_MS).unref())]);
    // A command killed by another process has failed.
    return { exitCode: isOver ? null : (code ?? 1), output: output() };
  } catch (error) {
    throw unusable(program, error as NodeJS.ErrnoException);
  } finally {
    clearTimeout(limit);
    clearTimeout(killer);
    stop?.removeEventListener('abort', end);
    signal(child, 'SIGKILL');
    running.delete(child);
    child.stdout?.destroy();
    child.stderr?.destroy();
  }
}

function start(
  program: string,
  args: readonly string[],
  { env, cwd }: Pick<CommandOptions, 'env' | 'cwd'>,
): ChildProcess {
  try {
    return spawn(program, args, {
      env: { ...process.env, ...env },
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      // Its own process group, so that its child processes can be killed with it.
      detached: HAS_GROUPS,
    });
  } catch (error) {
    throw unusable(program, error as NodeJS.ErrnoException);
  }
}

function collect(child: ChildProcess): () => string {
  let start = '';
  let end = '';
  const take = (chunk: string): void => {
    const room = KEPT_CHARACTERS - start.length;
    start += chunk.slice(0, Math.max(0, room));
    end = (end + chunk.slice(Math.max(0, room))).slice(-KEPT_CHARACTERS);
  };
  child.stdout?.setEncoding('utf8').on('data', take);
  child.stderr?.setEncoding('utf8').on('data', take);
  return () => start + end;
}

function ended(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve) => child.once('close', resolve));
}

/** Sends a signal to the command and all its child processes. */
function signal(child: ChildProcess, name: NodeJS.Signals): void {
  try {
    if (child.pid === undefined) return;
    if (HAS_GROUPS) process.kill(-child.pid, name);
    else child.kill(name);
  } catch {
    // The process has already exited.
  }
}

/** The error of a command that cannot be started. */
export function unusable(program: string, { code, message }: NodeJS.ErrnoException): CodedError {
  const why = code === 'ENOENT' ? 'the program does not exist' : message;
  return new CodedError(
    'CLIENT_UNUSABLE',
    `"${program}" could not be run: ${why}`,
    'Add the command after --, as in a terminal: -- node client.js. For pipes, use a shell: -- sh -c "…".',
  );
}
