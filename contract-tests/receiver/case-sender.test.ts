import { afterEach, describe, expect, it } from 'vitest';
import type { Reaction } from '../../fixtures/receivers/reactions.ts';
import { openReceiver } from '../../fixtures/receivers/scripted-receiver.ts';
import type { AttemptResult } from '../../mock-server/index.ts';
import { createCourier } from '../../mock-server/internal.ts';
import { createCaseSender } from './case-sender.ts';
import { createCaseTasks } from './case-tasks.ts';
import { createCaseTimeline } from './case-timeline.ts';
import { guardedRequests } from './guarded-request.ts';
import type { Subject } from './subject.ts';
import type { SourcedTask } from './task-source.ts';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0)) await step();
});

/** Opens a sender to a receiver that reacts like this, and a task whose success is "done". */
async function senderTo(...script: readonly Reaction[]) {
  return senderWith({}, ...script);
}

async function senderWith(delivery: object, ...script: readonly Reaction[]) {
  const receiver = await openReceiver(...script);
  const courier = createCourier({ allow: ['127.0.0.1'] });
  undo.push(
    () => receiver.close(),
    () => courier.close(),
  );
  const tasks = createCaseTasks();
  tasks.add({ taskId: 'a', body: 'done', callbacks: [] } as unknown as SourcedTask, true);
  const timeline = createCaseTimeline();
  const seen: [outcome: AttemptResult['outcome'], isPlain: boolean][] = [];
  const sender = createCaseSender({
    subject: {
      url: receiver.url,
      ackTimeoutMs: 5000,
      event: { delivery: { ackStatus: '200', ackBody: null, ...delivery } },
    } as Subject,
    courier,
    request: guardedRequests(['127.0.0.1']),
    headers: { 'x-gateway': 'yes' },
    tasks,
    timeline,
    onAttempt: ({ outcome }, isPlain) => void seen.push([outcome, isPlain]),
  });
  const texts = (): string[] => timeline.entries.map(({ text }) => text);
  return { receiver, tasks, sender, seen, texts };
}

const MESSAGE = { taskId: 'a', text: 'done', headers: { 'content-type': 'application/json' } };

describe('the sender of a case', () => {
  it('accepts the statuses and the body of the vendor, one by one and together', async () => {
    const { sender } = await senderWith({ ackStatus: '1xx-3xx', ackBody: 'ok' }, 200, 200, 200);
    expect(await sender.send(MESSAGE)).toMatchObject({ outcome: 'rejected', status: 200 });
    const { attempts } = await sender.sendTogether(MESSAGE, 2);
    expect(attempts.map(({ outcome }) => outcome)).toEqual(['rejected', 'rejected']);
    const windows = await senderWith({ ackStatus: '1xx-3xx' }, 304, 304);
    expect(await windows.sender.send(MESSAGE)).toMatchObject({ outcome: 'acknowledged', status: 304 });
    const together = await windows.sender.sendTogether(MESSAGE, 1);
    expect(together.attempts[0]).toMatchObject({ outcome: 'acknowledged', status: 304 });
  });

  it('numbers the callbacks, adds the headers, and expects work for an acknowledged success', async () => {
    const { receiver, tasks, sender, seen, texts } = await senderTo(500, 200);
    await sender.send(MESSAGE);
    expect([...tasks.expected]).toEqual([]);
    await sender.send(MESSAGE);
    expect([...tasks.expected]).toEqual(['a']);
    expect(texts()).toEqual(['callback 1 → HTTP 500', 'callback 2 → HTTP 200']);
    expect(seen).toEqual([
      ['rejected', true],
      ['acknowledged', true],
    ]);
    expect(receiver.posts.map(({ headers, body }) => [headers['x-gateway'], body])).toEqual([
      ['yes', 'done'],
      ['yes', 'done'],
    ]);
  });

  it('reports a changed message, and one of several in flight, as not plain', async () => {
    const { sender, seen } = await senderTo(200);
    await sender.send({ ...MESSAGE, text: 'changed' });
    await Promise.all([sender.send(MESSAGE), sender.send(MESSAGE)]);
    expect(seen.map(([, isPlain]) => isPlain)).toEqual(expect.arrayContaining([false, false]));
    expect(seen.filter(([, isPlain]) => isPlain).length).toBeLessThan(2);
  });

  it('reports each of several simultaneous copies', async () => {
    const { receiver, sender, seen } = await senderTo(200);
    const { attempts } = await sender.sendTogether(MESSAGE, 3);
    expect(attempts).toHaveLength(3);
    expect(receiver.posts).toHaveLength(3);
    expect(seen).toEqual(Array.from({ length: 3 }, () => ['acknowledged', false]));
  });

  it('expects work although it did not read the answer', async () => {
    const { receiver, tasks, sender, texts } = await senderTo(200);
    await sender.sendAndLeave(MESSAGE, 'answer');
    await receiver.received(1);
    expect([...tasks.expected]).toEqual(['a']);
    expect(texts()).toEqual(['callback 1 → the sender disconnected before it read the answer']);
  });

  it('numbers only the callbacks of the case', async () => {
    const { sender, texts } = await senderTo(200);
    await sender.send(MESSAGE);
    await sender.sendAdditional(MESSAGE);
    await sender.sendTogether(MESSAGE, 2);
    await sender.sendAndLeave(MESSAGE, 'answer');
    expect(texts().map((text) => text.split(' → ')[0])).toEqual([
      'callback 1',
      'additional callback',
      'callback 2',
      'callback 3',
      'callback 4',
    ]);
  });

  it('names the content type of a request that is not a callback', async () => {
    const { sender, texts } = await senderTo(200);
    await sender.request('POST', { 'content-type': 'text/plain' }, 'hello');
    expect(texts()).toEqual(['POST with text/plain → HTTP 200']);
  });

  it('records other requests without judging them', async () => {
    const { sender, seen, texts } = await senderTo(405);
    await sender.request('GET', {});
    expect(texts()).toEqual(['GET → HTTP 405']);
    expect(seen).toEqual([]);
  });
});
