import { createServer } from 'node:net';
import type { CheckResult } from './check-result.ts';

/** Checks whether a mock can listen on a port of this machine, and what listens there otherwise. */
export async function checkPort(port: number): Promise<CheckResult> {
  const check = 'port';
  const error = await listenOnce(port);
  if (error === null) return { check, status: 'ok', text: `${port} is free`, remedy: null };
  const version = error.code === 'EADDRINUSE' ? await versionOfMock(port) : null;
  if (version !== null) {
    const text = `a mock of version ${version} is running at http://127.0.0.1:${port}`;
    return { check, status: 'ok', text, remedy: null };
  }
  return {
    check,
    status: 'failed',
    text: `${port} cannot be used: ${error.code === 'EADDRINUSE' ? 'another program listens there' : error.message}`,
    remedy: 'Start the mock with another port, for example --port 4011, or with --port 0.',
  };
}

function listenOnce(port: number): Promise<NodeJS.ErrnoException | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', resolve);
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(null)));
  });
}

async function versionOfMock(port: number): Promise<string | null> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/__admin/health`, {
      signal: AbortSignal.timeout(5000),
    });
    const { version } = (await response.json()) as { readonly version?: unknown };
    return typeof version === 'string' ? version : null;
  } catch {
    return null;
  }
}
