import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runwayCalls } from '../fixtures/clients/runway-calls.ts';
import { createMockServer, type MockServer } from '../mock-server/index.ts';

const ROOT = join(import.meta.dirname, '..');

let mock: MockServer;
let prism: ChildProcessWithoutNullStreams;
let proxied: string;

beforeAll(async () => {
  mock = await createMockServer({ clock: 'virtual', seed: 7 }).listen();
  prism = spawn(process.execPath, [
    createRequire(import.meta.url).resolve('@stoplight/prism-cli/dist/index.js'),
    ...['proxy', join(ROOT, 'spec/runway/openapi.yaml'), mock.url, '--errors', '--port', '0'],
  ]);
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
}, 60_000);

afterAll(async () => {
  prism.kill();
  await mock.close();
});

describe('"prism proxy --errors" between a client and the mock', () => {
  it('lets a good client through, from the submission to the finished video', async () => {
    const api = runwayCalls(proxied);
    const created = await api.generate();
    expect(created.body.code).toBe(200);
    await mock.clock.advance('2m');
    expect((await api.details(created.taskId)).body.data.state).toBe('success');
  });

  it('stops a client that breaks the contract, before the mock sees it', async () => {
    const before = mock.tasks.all().length;
    const refused = await runwayCalls(proxied).generate({ duration: '5' });
    expect(refused.status).toBe(422);
    expect(JSON.stringify(refused.body)).toContain('duration');
    expect(mock.tasks.all()).toHaveLength(before);
  });
});
