import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMockServer, type MockServer } from '../../mock-server/index.ts';
import { stagingOf } from '../../mock-server/internal.ts';
import { blocksIn } from './pages-with-blocks.ts';
import { ROOT } from './root.ts';

const SECRET = 'whsec_c3R1bnQtZG91YmxlLWtleQ==';
let folder: string;
let mock: MockServer;

beforeAll(async () => {
  mkdirSync(join(ROOT, 'dist'), { recursive: true });
  folder = mkdtempSync(join(ROOT, 'dist/examples-'));
  mock = await createMockServer({ clock: 'virtual', seed: 7, secret: SECRET }).listen();
});

afterAll(async () => {
  rmSync(folder, { recursive: true });
  await mock.close();
});

/** Imports the block of a page that exports a function, as a module. */
async function example<Module>(page: string, name: string): Promise<Module> {
  const block = blocksIn('ts').find((one) => one.page === page && one.text.includes(`function ${name}(`));
  const file = join(folder, `${name}.ts`);
  writeFileSync(file, block?.text ?? '');
  return (await import(/* @vite-ignore */ file)) as Module;
}

async function signed(event: string) {
  return stagingOf(mock).stage(event, { to: `${mock.url}/__sink` });
}

describe('the examples of docs/how-to/signatures.md', () => {
  const page = 'docs/how-to/signatures.md';

  it.each(['runway.generate', 'luma.modify'])(
    'accept a valid signature of %s, and reject others',
    async (event) => {
      type Check = (taskId: string, headers: Headers, secret: string, nowMs?: number) => boolean;
      const { isSigned } = await example<{ isSigned: Check }>(page, 'isSigned');
      const { taskId, headers } = await signed(event);
      expect(isSigned(taskId, new Headers(headers), SECRET)).toBe(true);
      expect(isSigned(taskId, new Headers(headers), `${SECRET}!`)).toBe(false);
      expect(isSigned(`${taskId}0`, new Headers(headers), SECRET)).toBe(false);
      expect(isSigned(taskId, new Headers(), SECRET)).toBe(false);
      expect(isSigned(taskId, new Headers(headers), SECRET, Date.now() + 600_000)).toBe(false);
    },
  );

  it('accept a valid signature of Replicate, and reject others', async () => {
    type Read = (body: string, headers: Readonly<Record<string, string>>, secret: string) => unknown;
    const { readCallback } = await example<{ readCallback: Read }>(page, 'readCallback');
    const { body, headers } = await signed('replicate.prediction');
    expect(readCallback(body, headers, SECRET)).toEqual(JSON.parse(body));
    expect(() => readCallback(`${body} `, headers, SECRET)).toThrow();
  });
});

describe('the example of docs/how-to/nextjs.md', () => {
  it('processes a task once and answers every callback', async () => {
    const { POST } = await example<{ POST(request: Request): Promise<Response> }>(
      'docs/how-to/nextjs.md',
      'POST',
    );
    const send = (body: string) =>
      POST(new Request('http://127.0.0.1/api/callback', { method: 'POST', body }));
    const [once, last] = [await signed('runway.generate'), await signed('runway.generate')];
    // Downloads start in the order of the callbacks, so the download of the last callback starts last.
    const lastServed = new Promise<void>((resolve) => {
      mock.journal.subscribe((entry) => {
        if (entry.type === 'media.served' && entry.taskId === last.taskId) resolve();
      });
    });
    for (const { body } of [once, once, last]) expect((await send(body)).status).toBe(200);
    await lastServed;
    expect(mock.journal.entries({ type: 'media.served', taskId: once.taskId })).toHaveLength(1);
  });
});
