import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMockServer, type MockServer, type MockServerOptions } from '../index.ts';

let mock: MockServer;
beforeEach(() => start());
afterEach(() => mock.close());

async function start(options: MockServerOptions = {}): Promise<void> {
  mock = await createMockServer({ clock: 'virtual', ...options }).listen();
}

async function attemptsTo(query: string): Promise<[outcome: string, status: number | null][]> {
  const task = await mock.tasks.trigger('runway.generate', { to: `${mock.url}/__sink${query}` });
  await mock.clock.advance('1h');
  const attempts = mock.tasks.get(task.id)?.deliveries[0]?.attempts ?? [];
  return attempts.map(({ outcome, status }) => [outcome, status]);
}

describe('the built-in receiver', () => {
  it('acknowledges callbacks and records them in the journal', async () => {
    expect(await attemptsTo('')).toEqual([['acknowledged', 200]]);
    expect(mock.journal.entries({ type: 'sink.received' })).toMatchObject([
      { n: 1, status: 200, body: expect.stringContaining('All generated successfully.') },
    ]);
  });

  it('fails the requested number of times for each callback', async () => {
    const wanted = [
      ['rejected', 500],
      ['rejected', 500],
      ['acknowledged', 200],
    ];
    expect(await attemptsTo('?fail=2')).toEqual(wanted);
    expect(await attemptsTo('?fail=2')).toEqual(wanted);
  });

  it('answers after the requested delay', async () => {
    await mock.close();
    await start({ ackTimeout: 40 });
    expect(await attemptsTo('?delay=5s')).toEqual(Array.from({ length: 4 }, () => ['timeout', null]));
  });
});
