import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../docs/generate/root.ts';
import { openReceiver, type ScriptedReceiver } from '../../fixtures/receivers/scripted-receiver.ts';
import { createMockServer, type MockServer } from '../../mock-server/index.ts';

const BUILT = join(ROOT, 'dist/cli/stuntdouble.js');
const READING = ['list_packs', 'list_scenarios', 'list_tasks', 'show_task', 'judge_clients', 'explain'];

async function connect(...args: readonly string[]): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(
    new StdioClientTransport({ command: process.execPath, args: [BUILT, 'mcp', ...args], stderr: 'inherit' }),
  );
  return client;
}

interface Answer {
  readonly isError: boolean;
  readonly text: string;
  readonly data: unknown;
}

async function call(client: Client, name: string, args: Record<string, unknown> = {}): Promise<Answer> {
  const { content, isError = false } = await client.callTool({ name, arguments: args });
  const [{ text }] = content as [{ text: string }];
  return { isError: isError === true, text, data: isError === true ? null : JSON.parse(text) };
}

it('is tested as built', () => {
  expect(existsSync(BUILT)).toBe(true);
});

describe('the MCP server', () => {
  let client: Client;
  let receiver: ScriptedReceiver;
  beforeAll(async () => {
    [client, receiver] = await Promise.all([connect('--allow-write', '--seed', '7'), openReceiver(500, 200)]);
  });
  afterAll(async () => {
    receiver.close();
    await client.close();
  });

  it('lists its tools, and marks those that change nothing', async () => {
    const { tools } = await client.listTools();
    const read = tools
      .filter(({ annotations }) => annotations?.readOnlyHint === true)
      .map(({ name }) => name);
    expect(read).toEqual(READING);
    expect(tools.map(({ name }) => name)).toEqual([...READING, 'submit', 'advance', 'run_case']);
  });

  it('follows a task from its submission to the reason of its callbacks', async () => {
    const submitted = await call(client, 'submit', {
      pack: 'runway',
      callbackUrl: receiver.url,
      scenario: 'fail.nsfw',
      request: { prompt: 'A lighthouse' },
    });
    expect(submitted.data).toMatchObject({ status: 200, body: { code: 200 } });
    const { taskId } = (submitted.data as { body: { data: { taskId: string } } }).body.data;
    expect((await call(client, 'advance', { by: '1h' })).isError).toBe(false);
    expect(receiver.posts).toHaveLength(2);
    const { data } = await call(client, 'show_task', { taskId });
    expect(data).toMatchObject({ state: 'fail', outcome: 'fail.nsfw' });
    const [{ reason, attempts }] = (data as { deliveries: [{ reason: string; attempts: unknown[] }] })
      .deliveries;
    expect(reason).toBe('The receiver acknowledged the callback with HTTP 200 after 2 attempts.');
    expect(attempts).toHaveLength(2);
    const tasks = await call(client, 'list_tasks', { limit: 1 });
    expect(tasks.data).toMatchObject([{ id: taskId, deliveries: [{ status: 'acknowledged', attempts: 2 }] }]);
  });

  it('says why a callback was abandoned', async () => {
    const submitted = await call(client, 'submit', { pack: 'luma', callbackUrl: 'http://127.0.0.1:9/' });
    const { taskId } = (submitted.data as { body: { data: { taskId: string } } }).body.data;
    await call(client, 'advance', { by: '1h' });
    const { data } = await call(client, 'show_task', { taskId });
    const [{ reason }] = (data as { deliveries: [{ reason: string }] }).deliveries;
    expect(reason).toMatch(
      /^The vendor stopped after 4 attempts\. The last one ended as "refused": .*ECONNREFUSED/,
    );
  });

  it('runs one case against a receiver, and explains its failure', async () => {
    const ran = await call(client, 'run_case', {
      case: 'rcv-ack-01',
      url: receiver.url,
      event: 'runway.generate',
    });
    expect(ran.data).toMatchObject({ cases: [{ id: 'RCV-ACK-01', status: 'passed' }], failed: [] });
    const explained = await call(client, 'explain', { code: 'RCV-ACK-01', pack: 'runway' });
    expect(explained.data).toMatchObject({ id: 'RCV-ACK-01', requirement: expect.any(String) });
    expect((explained.data as { remedy: string; why: string }).remedy).not.toBe('');
    const error = await call(client, 'explain', { code: 'OPTION_INVALID' });
    expect(error.data).toMatchObject({ remedy: expect.any(String), exitCode: 64 });
  });

  it('judges the clients of the mock', async () => {
    const { data } = await call(client, 'judge_clients');
    expect(data).toMatchObject({ counts: expect.any(Object), failed: expect.any(Array) });
  });

  it.each([
    ['submit', { pack: 'runwai' }, /runway/],
    ['submit', { pack: 'runway', operation: 'get-ai-video-details' }, /Use one of: generate-ai-video/],
    ['submit', { pack: 'runway', scenario: 'fail.nothing' }, /fail\.nothing/],
    ['submit', {}, /required property 'pack'/],
    ['show_task', { taskId: 'x' }, /x/],
    ['advance', { by: 'soon' }, /soon/],
    ['explain', { code: 'RCV-ACK-99' }, /RCV-ACK/],
    ['list_tasks', { limit: 1000 }, /200/],
    ['lists', {}, /Use one of: list_packs/],
  ])('explains what is wrong with %s %j', async (name, args, text) => {
    const answer = await call(client, name, args);
    expect(answer.isError).toBe(true);
    expect(answer.text).toMatch(text);
    expect(answer.text).not.toMatch(/undefined|\n\s+at /);
  });
});

describe('the MCP server of a running mock', () => {
  let mock: MockServer;
  let client: Client | undefined;
  beforeAll(async () => {
    mock = await createMockServer({ clock: 'virtual', adminToken: 'a-token' }).listen();
  });
  afterEach(() => client?.close());
  afterAll(() => mock.close());

  it('only reads unless --allow-write is given', async () => {
    client = await connect('--url', mock.url, '--admin-token', 'a-token');
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(READING);
    const refused = await call(client, 'submit', { pack: 'runway' });
    expect(refused).toMatchObject({ isError: true, text: expect.stringContaining('--allow-write') });
    expect(mock.tasks.all()).toEqual([]);
    expect((await call(client, 'list_packs')).text).toContain(`${mock.url}/runway`);
  });
});
