import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createLanternStage } from '../fixtures/lantern-stage.ts';
import type { GivenAnswer, GivenPost } from '../fixtures/receivers/answering-receiver.ts';
import type { MockServer } from './mock-server.ts';

const stage = createLanternStage();
const { open, receive } = stage;
afterEach(stage.close);

async function submit(mock: MockServer, callback: string, scenario = 'success') {
  const response = await fetch(`${mock.url}/v3/scenes`, {
    method: 'POST',
    headers: {
      authorization: 'Bearer key',
      'content-type': 'application/json',
      'x-mock-scenario': scenario,
    },
    body: JSON.stringify({ prompt: 'a cat', callback }),
  });
  const body = (await response.json()) as { id: string; error: string };
  return { status: response.status, ...body };
}

function ledger(mock: MockServer, id: string) {
  return (mock.tasks.get(id)?.deliveries ?? []).map(({ kind, status, attempts }) => [
    kind,
    status,
    attempts.map(({ outcome }) => outcome),
  ]);
}

const echo = ({ body }: GivenPost): GivenAnswer => ({ body });

describe('a handshake', () => {
  it('precedes the first callback to a URL, and is not repeated after the receiver has answered it', async () => {
    const [mock, receiver] = [await open(), await receive(echo)];
    const first = await submit(mock, receiver.origin);
    expect(ledger(mock, first.id)[0]?.[0]).toBe('handshake');
    await mock.clock.advance('1h');
    expect(ledger(mock, first.id)).toEqual([
      ['handshake', 'acknowledged', ['acknowledged']],
      ['callback', 'acknowledged', ['acknowledged']],
    ]);
    const second = await submit(mock, receiver.origin);
    await mock.clock.advance('1h');
    expect(ledger(mock, second.id)).toEqual([['callback', 'acknowledged', ['acknowledged']]]);
    const bodies = receiver.posts.map(({ body }) => JSON.parse(body) as Record<string, string>);
    expect(bodies[0]?.challenge).toMatch(/^[0-9a-f]{32}$/);
    expect(bodies.slice(1).map(({ id }) => id)).toEqual([first.id, second.id]);
  });

  it.each<[string, GivenAnswer]>([
    ['another body', { body: '{"challenge":"guess"}' }],
    ['no JSON', { body: 'ok' }],
    ['an error', { status: 500 }],
  ])(
    'that gets %s suppresses the callbacks of its task, and the next task tries again',
    async (_name, bad) => {
      let answer: (post: GivenPost) => GivenAnswer = () => bad;
      const [mock, receiver] = [await open(), await receive((post) => answer(post))];
      const { id } = await submit(mock, receiver.origin);
      await mock.clock.advance('1h');
      expect(ledger(mock, id)).toEqual([
        ['handshake', 'abandoned', ['rejected']],
        ['callback', 'abandoned', []],
      ]);
      expect(mock.tasks.get(id)?.state).toBe('ready');
      expect(receiver.posts).toHaveLength(1);
      answer = echo;
      const next = await submit(mock, receiver.origin);
      await mock.clock.advance('1h');
      expect(ledger(mock, next.id).map(([kind, status]) => [kind, status])).toEqual([
        ['handshake', 'acknowledged'],
        ['callback', 'acknowledged'],
      ]);
    },
  );

  it('refuses the submission where the vendor does', async () => {
    const mock = await open({ profile: 'strict' });
    const [deaf, good] = [await receive(() => ({ body: 'ok' })), await receive(echo)];
    expect(await submit(mock, deaf.origin)).toMatchObject({
      status: 422,
      error: 'The callback URL did not answer the handshake.',
    });
    expect(mock.tasks.all()).toEqual([]);
    const { status, id } = await submit(mock, good.origin);
    expect([status, ledger(mock, id)[0]]).toEqual([200, ['handshake', 'acknowledged', ['acknowledged']]]);
  });

  it('is not sent by a task whose callbacks are never sent', async () => {
    const [mock, receiver] = [await open(), await receive(echo)];
    const { id } = await submit(mock, receiver.origin, 'callback.never');
    await mock.clock.advance('1h');
    expect(ledger(mock, id)).toEqual([]);
    expect(receiver.posts).toEqual([]);
  });

  it('is due before the callback of a task that ends at once', async () => {
    const [mock, receiver] = [await open(), await receive(echo)];
    const task = await mock.tasks.trigger('lantern-video.scene', { to: receiver.origin });
    await mock.clock.advance('1s');
    expect(ledger(mock, task.id).map(([kind, status]) => [kind, status])).toEqual([
      ['handshake', 'acknowledged'],
      ['callback', 'acknowledged'],
    ]);
  });

  it('is remembered after a restart', async () => {
    const data = mkdtempSync(join(tmpdir(), 'handshakes-'));
    stage.onClose(() => rmSync(data, { recursive: true, force: true }));
    const receiver = await receive(echo);
    const mock = await open({ data });
    await submit(mock, receiver.origin);
    await mock.clock.advance('1h');
    await mock.close();
    const again = await open({ data });
    const { id } = await submit(again, receiver.origin);
    await again.clock.advance('1h');
    expect(ledger(again, id)).toEqual([['callback', 'acknowledged', ['acknowledged']]]);
    expect(receiver.posts).toHaveLength(3);
  });
});
