import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { GOOD } from '../../fixtures/receivers/parts.ts';
import { openQueueReceiver } from '../../fixtures/receivers/queue-receiver.ts';
import { judgeReceiver } from './judge-receiver.ts';
import { createProbe, readAnswer } from './probe.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0)) await thing.close();
});

async function answering(status: number, body: string): Promise<string> {
  const server: Server = createServer((_request, response) => response.writeHead(status).end(body));
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/{taskId}`;
}

/** Starts a probe that knows only these tasks. */
async function answeringAbout(known: ReadonlySet<string>): Promise<string> {
  const server: Server = createServer((request, response) => {
    if (known.has(request.url?.slice(1) ?? '')) response.end('{"state":"succeeded","effects":1}');
    else response.writeHead(404).end();
  });
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/{taskId}`;
}

describe('the answer of a probe', () => {
  it.each([
    ['{"state":"succeeded","effects":1,"class":null,"retryable":null,"escaped":false}', 'answered'],
    ['{}', 'answered'],
    ['{"note":"an additional field"}', 'answered'],
    ['null', 'unknown'],
    ['', 'broken'],
    ['<html>', 'broken'],
    ['[]', 'broken'],
    ['"succeeded"', 'broken'],
    ['{"effects":"1"}', 'broken'],
    ['{"effects":-1}', 'broken'],
    ['{"effects":1.5}', 'broken'],
    ['{"state":3}', 'broken'],
    ['{"escaped":"no"}', 'broken'],
  ])('%s is %s', (text, type) => {
    expect(readAnswer(text).type).toBe(type);
  });

  it('depends on the HTTP status of a URL', async () => {
    expect(await createProbe(await answering(200, '{"effects":2}'))('t')).toEqual({
      type: 'answered',
      answer: { effects: 2 },
    });
    expect(await createProbe(await answering(404, 'no such task'))('t')).toEqual({ type: 'unknown' });
    expect(await createProbe(await answering(500, 'boom'))('t')).toEqual({
      type: 'broken',
      because: 'it answered HTTP 500: boom',
    });
    expect(await createProbe('http://127.0.0.1:9/{taskId}')('t')).toMatchObject({
      type: 'broken',
      because: expect.stringMatching(/ECONNREFUSED|bad port/),
    });
  });

  it('depends on the exit code of a command, which gets the task id as an argument', async () => {
    expect(await createProbe(`printf '{"state":"%s"}' {taskId}`)('a b; c')).toEqual({
      type: 'answered',
      answer: { state: 'a b; c' },
    });
    expect(await createProbe('stuntdouble-no-such-command {taskId}')('t')).toMatchObject({
      type: 'broken',
      because: expect.stringMatching(/exit code 127: .*not found/),
    });
  });
});

describe('a broken probe', () => {
  it.each([
    ['no such command', 'stuntdouble-no-such-command {taskId}'],
    ['nonsense', 'echo nonsense {taskId}'],
    ['a state that is a number', `echo '{"state":1}'`],
    ['null for every task', 'echo null'],
  ])('is an error before the first case: %s', async (_name, probe) => {
    const receiver = await openQueueReceiver();
    open.push(receiver);
    await expect(
      judgeReceiver({ url: receiver.url, event: 'runway.generate', probe, only: ['RCV-ACK-01'] }),
    ).rejects.toMatchObject({
      code: 'PROBE_UNUSABLE',
      remedy: expect.stringMatching(/\{"state"|looks tasks up by the id/),
    });
  });
});

describe('a field that is missing from the answer of a probe', () => {
  const successes = new Set<string>();
  const judge = async (probe: string) => {
    const receiver = await openQueueReceiver({
      claim: (known, taskId) => GOOD.claim(known, taskId) && GOOD.claim(successes, taskId),
    });
    open.push(receiver);
    const only = ['RCV-ENV-03', 'RCV-FAIL-03'];
    const { cases } = await judgeReceiver({ url: receiver.url, event: 'runway.generate', probe, only });
    return Object.fromEntries(cases.map(({ id, verdicts }) => [id, verdicts.effect]));
  };

  it('makes the verdict not observable', async () => {
    const effects = await judge(`echo '{"effects":1}'`);
    for (const effect of Object.values(effects)) {
      expect(effect).toMatchObject({ status: 'not-observable', actual: expect.stringContaining('"state"') });
    }
  });

  it('is a failure if the probe does not know the failed task', {}, async () => {
    const effects = await judge(await answeringAbout(successes));
    for (const effect of Object.values(effects)) {
      expect(effect).toMatchObject({ status: 'failed', actual: expect.stringContaining('does not know') });
    }
  });
});
