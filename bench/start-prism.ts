import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { endWithUs } from './kill-on-exit.ts';
import { RUNWAY_DOCUMENT } from './places.ts';

export interface Prism {
  readonly url: string;
  stop(): Promise<void>;
}

/** Time limit for its first answer. */
const PATIENCE_MS = 60_000;

/**
 * Starts `prism mock` on our document. Its output is discarded, which costs the least.
 * @param verboseLevel `info` is Prism's default; `silent` is its fastest
 */
export async function startPrism(verboseLevel: 'info' | 'silent'): Promise<Prism> {
  const command = createRequire(import.meta.url).resolve('@stoplight/prism-cli/dist/index.js');
  // Prism reports its port only in its log, which is not read.
  const port = String(await findFreePort());
  const child = spawn(
    process.execPath,
    [command, 'mock', RUNWAY_DOCUMENT, '--port', port, '--verboseLevel', verboseLevel],
    { stdio: 'ignore' },
  );
  endWithUs(child);
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const url = `http://127.0.0.1:${port}`;
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await answers(url))) {
    if (child.exitCode !== null || performance.now() > deadline) {
      await stop();
      throw new Error(`prism mock does not answer on ${url}`);
    }
  }
  return { url, stop };
}

async function answers(url: string): Promise<boolean> {
  try {
    await (await fetch(url)).text();
    return true;
  } catch {
    await new Promise((resolve) => setTimeout(resolve, 50));
    return false;
  }
}

function findFreePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
