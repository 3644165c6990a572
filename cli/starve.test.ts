import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { openReceiver } from '../fixtures/receivers/scripted-receiver.ts';

const MAIN = join(import.meta.dirname, '../dist/cli/stuntdouble.js');
/** Enough to start, but few enough to be exhausted by connections. */
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

/** Resolves with the output of the process when it matches, or with all output when the process exits. */
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

/** Makes calls over one persistent connection, so that the calls need no further file descriptor. */
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

it('answers all calls while connections use all file descriptors, and then sends callbacks', async () => {
  const receiver = await openReceiver();
  undo.push(() => receiver.close());
  const child = launch(DESCRIPTORS);
  const url = /http:\/\/[\d.:]+/.exec(await printed(child, /scenarios/))?.[0] ?? '';
  const call = caller(url);
  // The remaining modules are loaded right after the start, before the first few requests have been answered.
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
    expect([path, status, text]).toEqual([
      path,
      200,
      expect.not.stringMatching(/EMFILE|DEFECT|Internal error/),
    ]);
  }
  await disperse();
  const { text } = await call('POST', '/api/v1/runway/generate', submit);
  expect(text).toContain('"code":200');
  await receiver.received(1);
  expect([child.exitCode, child.signalCode]).toEqual([null, null]);
});

it('reports an error without a stack if it has too few file descriptors to start', async () => {
  // With a few less, Node cannot read the program; with a few more, the mock starts.
  let text = '';
  let code: number | null = null;
  for (let descriptors = 16; descriptors < 40 && !text.includes('SYSTEM_FAILED'); descriptors += 1) {
    const child = launch(descriptors);
    text = await printed(child, /listening/);
    code = child.exitCode;
    if (text.includes('listening')) break;
  }
  expect([code, text]).toEqual([
    3,
    expect.stringMatching(
      /^error\[SYSTEM_FAILED\]: EMFILE.*\n {2}Raise the limit of open files, for example with: ulimit -n 1024\n/,
    ),
  ]);
});
