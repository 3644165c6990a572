import { type ChildProcess, spawn } from 'node:child_process';
import { CodedError } from '../../mock-server/index.ts';

/** How a client came to its end. */
export interface Ending {
  /** Null when it had to be ended. */
  readonly exitCode: number | null;
  readonly output: string;
}

export interface CommandOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string | undefined;
  /** When it is ended, wall time. */
  readonly limitMs: number;
  /** Ends it earlier. */
  readonly stop?: AbortSignal;
}

/** What is kept of the output: its beginning and its end. */
const KEPT_CHARACTERS = 64 * 1024;
/** How long a command may take to end after it was asked to. */
const LAST_WORDS_MS = 1000;
const HAS_GROUPS = process.platform !== 'win32';

const running = new Set<ChildProcess>();
// However this process ends, nothing it started outlives it.
process.on('exit', () => {
  for (const child of running) signal(child, 'SIGKILL');
});

/**
 * Runs a command to its end, or to the limit; afterwards neither it nor what it started runs any more.
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
    killer ??= setTimeout(() => signal(child, 'SIGKILL'), LAST_WORDS_MS);
  };
  const limit = setTimeout(end, limitMs);
  stop?.addEventListener('abort', end, { once: true });
  try {
    const code = await exited;
    // Its last words may still be in the pipe; whoever inherited the pipe must not keep us.
    await Promise.race([ended(child), new Promise((resolve) => setTimeout(resolve, LAST_WORDS_MS).unref())]);
    // Ended by a signal of somebody else, it did not do its work.
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
      // A process group of its own, so that what it starts can be ended with it.
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

/** To it and to all it started; nobody may be left. */
function signal(child: ChildProcess, name: NodeJS.Signals): void {
  try {
    if (child.pid === undefined) return;
    if (HAS_GROUPS) process.kill(-child.pid, name);
    else child.kill(name);
  } catch {
    // It has gone already.
  }
}

function unusable(program: string, { code, message }: NodeJS.ErrnoException): CodedError {
  const why = code === 'ENOENT' ? 'there is no such program' : message;
  return new CodedError(
    'CLIENT_UNUSABLE',
    `"${program}" cannot be run: ${why}`,
    'Write the command after --, as you would in a terminal: -- node client.js. For pipes and the like: -- sh -c "…".',
  );
}
