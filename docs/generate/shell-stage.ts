import { execFile } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { openReceiver } from '../../fixtures/receivers/scripted-receiver.ts';
import { createMockServer, type MockServer } from '../../mock-server/index.ts';
import { stagingOf } from '../../mock-server/internal.ts';
import { ROOT } from './root.ts';

/** An environment for the shell blocks of pages: a mock, receivers, and commands that end without a signal. */
export interface ShellStage {
  /** Runs a block with bash. Resolves with its output and its exit code. */
  run(block: string): Promise<{ readonly exitCode: number; readonly output: string }>;
  /** Replaces the addresses that the pages use with those of this environment. */
  localized(text: string): string;
  close(): Promise<void>;
}

/** Replaces `npx stuntdouble` and `stuntdouble`. Commands that would run for minutes end once they have started. */
const COMMAND = `#!/usr/bin/env bash
set -euo pipefail
if [ "$(basename "$0")" = npx ]; then
  [ "$1" = stuntdouble ] || { echo "npx runs $1, which is another package" >&2; exit 70; }
  shift
fi
case "\${1:-} \${2:-}" in
  'start'*)
    coproc MOCK { exec node "$CLI" "$@" --port 0; }
    mock=$MOCK_PID
    while read -r line <&"\${MOCK[0]}"; do
      echo "$line"
      case "$line" in *listening*) kill "$mock"; exit 0 ;; esac
    done
    exit 1 ;;
  'verify receiver' | 'verify client') exec node "$CLI" "$1" "$2" --dry-run "\${@:3}" ;;
  'trigger'*) exec node "$CLI" trigger --linger 0s "\${@:2}" ;;
  *) exec node "$CLI" "$@" ;;
esac
`;

/** Replaces `sleep` by moving the clock of the mock. */
const SLEEP = `#!/usr/bin/env bash
exec curl -sf -o /dev/null -X POST "$MOCK_URL/__admin/clock" -H 'content-type: application/json' -d '{"advance":"5m"}'
`;

/** Starts the mock and the receivers that the blocks call. */
export async function openShellStage(): Promise<ShellStage> {
  const dir = mkdtempSync(join(tmpdir(), 'stuntdouble-shell-'));
  const bin = join(dir, 'bin');
  mkdirSync(bin);
  for (const [name, text] of Object.entries({ stuntdouble: COMMAND, npx: COMMAND, sleep: SLEEP })) {
    writeFileSync(join(bin, name), text);
    chmodSync(join(bin, name), 0o755);
  }
  cpSync(join(ROOT, 'fixtures/packs/acme-video'), join(dir, 'acme-video'), { recursive: true });
  const mock = await createMockServer({ seed: 7 }).listen();
  const receiver = await openReceiver();
  const secure = await openSecureReceiver(dir);
  writeFileSync(join(dir, 'callbacks.jsonl'), `${await oneCallback(mock)}\n`);
  const addresses: Readonly<Record<string, string>> = {
    'http://127.0.0.1:4010': mock.url,
    'http://127.0.0.1:3000': new URL(receiver.url).origin,
    'https://localhost:3443': secure.url,
    '/tmp/': `${dir}/`,
  };
  const env = {
    ...process.env,
    PATH: [bin, process.env.PATH].join(delimiter),
    CLI: join(ROOT, 'dist/cli/stuntdouble.js'),
    MOCK_URL: mock.url,
  };
  const localized = (block: string): string =>
    Object.entries(addresses).reduce((text, [from, to]) => text.replaceAll(from, to), block);
  return {
    localized,
    run(block) {
      const script = localized(block);
      return new Promise((resolve) => {
        execFile(
          'bash',
          ['-euo', 'pipefail', '-c', script],
          { cwd: dir, env, timeout: 60_000 },
          (error, stdout, stderr) => {
            const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
            resolve({ exitCode, output: stdout + stderr });
          },
        );
      });
    },
    async close() {
      receiver.close();
      secure.server.close();
      secure.server.closeAllConnections();
      await mock.close();
      rmSync(dir, { recursive: true });
    },
  };
}

/** Returns the body of a callback. */
async function oneCallback(mock: MockServer): Promise<string> {
  const { body } = await stagingOf(mock).stage('runway.generate', { to: `${mock.url}/__sink` });
  return body;
}

/** Starts a receiver whose certificate is trusted only with `cert.pem`. */
async function openSecureReceiver(dir: string): Promise<{ readonly url: string; readonly server: Server }> {
  const pem = readFileSync(join(ROOT, 'fixtures/receivers/localhost.pem'), 'utf8');
  symlinkSync(join(ROOT, 'fixtures/receivers/localhost.pem'), join(dir, 'cert.pem'));
  const server = createServer({ cert: pem, key: pem }, (request, response) => {
    request.resume();
    response.end('received');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `https://localhost:${(server.address() as AddressInfo).port}`, server };
}
