import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type GivenAnswer,
  type GivenPost,
  openAnsweringReceiver,
} from '../fixtures/receivers/answering-receiver.ts';
import { createMockServer } from './create-mock-server.ts';
import { PACKAGE_ROOT } from './packs/package-root.ts';

const BEACON = join(PACKAGE_ROOT, 'fixtures/packs/beacon-video');
const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0)) await step();
});

async function stage(answer: (post: GivenPost, n: number) => GivenAnswer) {
  const receiver = await openAnsweringReceiver(answer);
  const mock = await createMockServer({
    clock: 'virtual',
    seed: 7,
    builtIn: false,
    packs: [BEACON],
  }).listen();
  undo.push(
    () => receiver.close(),
    () => mock.close(),
  );
  async function submit(query: string, body: object = {}, headers: Record<string, string> = {}) {
    const response = await fetch(`${mock.url}/v1/reels${query}`, {
      method: 'POST',
      headers: { authorization: 'Bearer key', 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ prompt: 'a cat', ...body }),
    });
    const { id } = (await response.json()) as { id: string };
    return id;
  }
  const deliveries = (id: string) => mock.tasks.get(id)?.deliveries ?? [];
  const history = (id: string) =>
    deliveries(id).map(({ event, url, status, attempts }) => [
      event.replace('beacon-video.', ''),
      url.replace(receiver.origin, ''),
      status,
      attempts.map(({ outcome }) => outcome),
    ]);
  return { mock, receiver, submit, deliveries, history };
}

const OK: GivenAnswer = { body: 'ok' };

describe('the URLs of a request', () => {
  it('each get their own delivery, from the query, a list in the body and a header', async () => {
    const { mock, receiver, submit, history } = await stage(() => OK);
    const { origin } = receiver;
    const id = await submit(
      `?hook=${encodeURIComponent(`${origin}/query`)}`,
      { notify: [`${origin}/first`, `${origin}/second`] },
      { 'x-notify': `${origin}/header` },
    );
    await mock.clock.advance('1h');
    expect(history(id)).toEqual([
      ['changed', '/query', 'acknowledged', ['acknowledged']],
      ['changed', '/first', 'acknowledged', ['acknowledged']],
      ['changed', '/second', 'acknowledged', ['acknowledged']],
      ['moved', '/header', 'acknowledged', ['acknowledged']],
      ['moved', '/header', 'acknowledged', ['acknowledged']],
    ]);
    // Deliveries that are due at the same moment are sent in parallel.
    const paths = receiver.posts.map(({ path }) => path);
    expect(paths[0]).toBe('/header');
    expect(paths.slice(1).sort()).toEqual(['/first', '/header', '/query', '/second']);
  });

  it('outside the body are known to a forced outcome as well', async () => {
    const { mock, receiver, submit, history } = await stage(() => OK);
    const id = await submit(`?hook=${encodeURIComponent(`${receiver.origin}/query`)}`);
    mock.tasks.amend(id, 'fail.drawing');
    await mock.clock.advance('1h');
    expect(history(id)).toEqual([['changed', '/query', 'acknowledged', ['acknowledged']]]);
  });

  it('outside the body are used by a triggered event', async () => {
    const { mock, receiver } = await stage(() => OK);
    for (const event of ['beacon-video.changed', 'beacon-video.moved']) {
      await mock.tasks.trigger(event, { to: `${receiver.origin}/${event}` });
    }
    await mock.clock.advance('1h');
    expect(new Set(receiver.posts.map(({ path }) => path))).toEqual(
      new Set(['/beacon-video.changed', '/beacon-video.moved']),
    );
  });
});

describe('the rules of acknowledgement', () => {
  it('require the exact body, and retry with gaps that vary within their share', async () => {
    const { mock, receiver, submit, deliveries } = await stage((_post, n) => (n < 4 ? { body: 'OK' } : OK));
    const id = await submit('', { notify: [`${receiver.origin}/a`] });
    await mock.clock.advance('1h');
    const [delivery] = deliveries(id);
    expect(delivery?.attempts.map(({ outcome }) => outcome)).toEqual([
      'rejected',
      'rejected',
      'rejected',
      'acknowledged',
    ]);
    const times = delivery?.attempts.map(({ at }) => Date.parse(at)) ?? [];
    const gaps = times.slice(1).map((at, index) => at - (times[index] ?? 0));
    expect(gaps.filter((gap) => gap < 90_000 || gap > 110_000)).toEqual([]);
    expect(new Set(gaps).size).toBe(3);
    expect(delivery?.attempts[0]?.detail).toContain('the body "ok" was expected');
  });

  it('end the retries after a 4xx, and accept a redirect where the vendor does', async () => {
    const { mock, receiver, submit, history } = await stage(({ path }) =>
      path === '/gone' ? { status: 410 } : { status: 302, body: 'ok' },
    );
    const id = await submit('', { notify: [`${receiver.origin}/gone`, `${receiver.origin}/moved`] });
    await mock.clock.advance('1h');
    expect(history(id).map(([, ...rest]) => rest)).toEqual([
      ['/gone', 'abandoned', ['rejected']],
      ['/moved', 'acknowledged', ['acknowledged']],
    ]);
  });

  it('retry the states of the pack a different number of times', async () => {
    const { mock, receiver, submit, history } = await stage(() => ({ status: 500 }));
    const notify = [`${receiver.origin}/a`];
    const succeeded = await submit('', { notify });
    const failed = await submit('', { notify }, { 'x-mock-scenario': 'fail.drawing' });
    await mock.clock.advance('1h');
    expect([succeeded, failed].map((id) => (history(id)[0]?.[3] ?? []).length)).toEqual([4, 2]);
  });
});
