import { spawn } from 'node:child_process';
import { endWithUs } from './kill-on-exit.ts';

/** A process that was started for its output. */
export interface Started {
  /** Time from spawning to the line. */
  readonly readyMs: number;
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts a Node script and waits for its "listening" line. */
export function startProcess(script: string, args: readonly string[] = []): Promise<Started> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  endWithUs(child);
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  return new Promise((resolve, reject) => {
    let said = '';
    const read = (chunk: Buffer): void => {
      said += chunk;
      const url = /listening on (http:\/\/127\.0\.0\.1:\d+)/.exec(said)?.[1];
      if (url !== undefined)
        resolve({ readyMs: performance.now() - startedAt, url, pid: child.pid ?? 0, stop });
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('error', reject);
    void ended.then(() => reject(new Error(`${script} ended before it listened:\n${said}`)));
  });
}
