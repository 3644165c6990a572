import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeClient } from '../../fixtures/clients/client.ts';
import { CALLED_BACK, CLIENT_DEFECTS, type Makeup } from '../../fixtures/clients/defects.ts';
import { runwayCalls } from '../../fixtures/clients/runway-calls.ts';
import { HANG_LIMIT_MS } from '../../fixtures/hang-limit.ts';
import { createMockServer, type MockServer } from '../../mock-server/index.ts';
import { runCommand } from '../client/run-command.ts';

const ROOT = join(import.meta.dirname, '../..');
const PRISM = createRequire(import.meta.url).resolve('@stoplight/prism-cli/dist/index.js');

/** Factor by which the waits of clients and the durations of tasks are shortened. */
const TIME_SCALE = 300;

let mock: MockServer;
let prism: ChildProcessWithoutNullStreams;
let proxied: string;

beforeAll(async () => {
  mock = await createMockServer({ seed: 7, speed: TIME_SCALE, rateLimit: 'off' }).listen();
  prism = spawn(process.execPath, [PRISM, ...wordsOfThePage(mock.url)]);
  proxied = await new Promise((resolve, reject) => {
    let seen = '';
    const read = (chunk: Buffer): void => {
      seen += chunk;
      const found = /listening on (http:\/\/127\.0\.0\.1:\d+)/.exec(seen);
      if (found?.[1] !== undefined) resolve(found[1]);
    };
    prism.stdout.on('data', read);
    prism.stderr.on('data', read);
    prism.on('close', () => reject(new Error(seen)));
  });
});

afterAll(async () => {
  prism.kill();
  await mock.close();
});

/** The command in docs/prism.md, adapted to this checkout and this mock. */
function wordsOfThePage(url: string): string[] {
  const page = readFileSync(join(ROOT, 'docs/prism.md'), 'utf8');
  const [, words = ''] = /npx @stoplight\/prism-cli (proxy .*)/.exec(page) ?? [];
  return words
    .replace('node_modules/stuntdouble', ROOT)
    .replace('http://127.0.0.1:4010', url)
    .replace('--port 4011', '--port 0')
    .split(' ');
}

/** Runs a client against Prism and returns its output. */
async function throughPrism(makeup: Makeup): Promise<string[]> {
  const dir = mkdtempSync(join(tmpdir(), 'stuntdouble-prism-'));
  const lines: string[] = [];
  try {
    await makeClient({ ...makeup, timeScale: TIME_SCALE, longestCallMs: HANG_LIMIT_MS })({
      url: proxied,
      key: 'sd-through-prism',
      prompt: 'A lighthouse',
      dir,
      signal: new AbortController().signal,
      log: (text) => lines.push(text),
    });
    return lines;
  } finally {
    rmSync(dir, { recursive: true });
  }
}

describe('"prism proxy --errors" between a client and the mock', () => {
  it.each<[string, Makeup]>([
    ['polls', {}],
    ['polls, and extends', { extends: true }],
    ['receives a callback', { parts: CALLED_BACK }],
    ['receives a callback, and extends', { parts: CALLED_BACK, extends: true }],
  ])('passes every request of a good client that %s', async (_how, makeup) => {
    const before = mock.tasks.all().length;
    const output = await throughPrism(makeup);
    const wanted = makeup.extends === true ? 2 : 1;
    expect(output.filter((line) => line.endsWith('is done'))).toHaveLength(wanted);
    expect(mock.tasks.all()).toHaveLength(before + wanted);
  });

  it.each(['fail.nsfw', 'fail.concurrency', 'submit.429', 'poll.404*2', 'state.long', 'media.expired'])(
    'passes a good client when the mock simulates %s',
    async (scenario) => {
      mock.scenarios.enqueue(scenario, { apiKey: 'sd-through-prism' });
      const output = await throughPrism({}).catch((error: Error) => [error.message]);
      // The client must end with what the mock simulated, unchanged by Prism.
      expect(output.join()).toMatch(/is done|NSFW|expired/);
    },
  );

  it('passes the Python client', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'stuntdouble-prism-'));
    const script = join(ROOT, 'fixtures/clients/python_client.py');
    const { exitCode, output } = await runCommand(['python3', script, 'A lighthouse'], {
      env: { API_BASE: proxied, API_KEY: 'sd-python', DIR: dir, TIME_SCALE: String(TIME_SCALE) },
      limitMs: HANG_LIMIT_MS,
    });
    rmSync(dir, { recursive: true });
    expect([exitCode, output]).toEqual([0, expect.stringMatching(/\d+ bytes/)]);
  });

  it('rejects a client that breaks the contract before the mock sees it', async () => {
    const before = mock.tasks.all().length;
    await expect(throughPrism(CLIENT_DEFECTS['CLI-CRE-01'] ?? {})).rejects.toThrow(/rejected with code 422/);
    const refused = await runwayCalls(proxied).generate({ duration: '5' });
    expect(refused.status).toBe(422);
    expect(JSON.stringify(refused.body)).toContain('duration');
    expect(mock.tasks.all()).toHaveLength(before);
  });
});
