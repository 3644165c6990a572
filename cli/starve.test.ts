import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { openReceiver } from '../fixtures/receivers/scripted-receiver.ts';

const MAIN = join(import.meta.dirname, '../dist/cli/main.js');
/** Enough to start with, and soon used up by connections. */
const DESCRIPTORS = 90;
const CROWD = 150;

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0)) await step();
});

function launch(descriptors: number): ChildProcess {
  const command = `ulimit -n ${descriptors}; exec "$0" "$@"`;
  const args = [MAIN, 'start', '--port', '0', '--quiet', '--speed', '1000'];
  const child = spawn('sh', ['-c', command, process.execPath, ...args], { stdio: 'pipe' });
  undo.push(() => child.kill('SIGKILL'));
  return child;
}

/** Resolves with what the process prints, once this is part of it; with everything when it ends before. */
function printed(child: ChildProcess, what: RegExp): Promise<string> {
  let text = '';
  return new Promise((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk) => {
        text += String(chunk);
        if (what.test(text)) resolve(text);
      });
    }
    child.on('close', () => resolve(text));
  });
}

/** Calls over one connection, which is kept: a crowd cannot take it away. */
function caller(url: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  undo.push(() => agent.destroy());
  return (method: string, path: string, body?: object): Promise<{ status: number; text: string }> =>
    new Promise((resolve, reject) => {
      const headers = { authorization: 'Bearer key', 'content-type': 'application/json' };
      const call = request(url + path, { method, agent, headers }, (response) => {
        let text = '';
        response.on('data', (chunk) => {
          text += String(chunk);
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      });
      call.on('error', reject);
      call.end(body === undefined ? undefined : JSON.stringify(body));
    });
}

async function crowd(port: number): Promise<() => Promise<void>> {
  const sockets = Array.from({ length: CROWD }, () =>
    connect(port, '127.0.0.1').on('error', () => undefined),
  );
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  return async () => {
    const closed = sockets.map((socket) => (socket.closed ? null : once(socket, 'close')));
    for (const socket of sockets) socket.destroy();
    await Promise.all(closed);
  };
}

it('answers everything while connections use up all file descriptors, and calls back afterwards', async () => {
  const receiver = await openReceiver();
  undo.push(() => receiver.close());
  const child = launch(DESCRIPTORS);
  const url = /http:\/\/[\d.:]+/.exec(await printed(child, /scenarios/))?.[0] ?? '';
  const call = caller(url);
  // Everything else is loaded right after the start, before a whole request has come and gone a few times.
  for (let n = 0; n < 3; n += 1) expect((await call('GET', '/__admin/verdicts')).status).toBe(200);
  const disperse = await crowd(Number(new URL(url).port));
  const submit = {
    prompt: 'a cat',
    duration: 5,
    quality: '720p',
    aspectRatio: '16:9',
    callBackUrl: receiver.url,
  };
  for (const [method, path, body] of [
    ['GET', '/__admin/health'],
    ['GET', '/__admin/openapi.json'],
    ['GET', '/__admin/verdicts'],
    ['GET', '/__console/'],
    ['POST', '/api/v1/runway/generate', submit],
  ] as const) {
    const { status, text } = await call(method, path, body);
    expect([path, status, text]).toEqual([path, 200, expect.not.stringMatching(/EMFILE|defect/)]);
  }
  await disperse();
  const { text } = await call('POST', '/api/v1/runway/generate', submit);
  expect(text).toContain('"code":200');
  await receiver.received(1);
  expect([child.exitCode, child.signalCode]).toEqual([null, null]);
});

it('ends with a sentence when there are too few to start', async () => {
  const child = launch(30);
  const text = await printed(child, /never/);
  expect([child.exitCode, text]).toEqual([
    3,
    expect.stringMatching(/^error\[SYSTEM_FAILED\]: EMFILE.*\n {2}Allow more open files/),
  ]);
});
