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

  it('fails with the requested status, every time unless a number of times is requested', async () => {
    expect(await attemptsTo('?status=503&fail=1')).toEqual([
      ['rejected', 503],
      ['acknowledged', 200],
    ]);
    expect(await attemptsTo('?status=404')).toEqual(Array.from({ length: 4 }, () => ['rejected', 404]));
  });

  it('delays the requested number of attempts', async () => {
    await mock.close();
    await start({ ackTimeout: 40 });
    expect(await attemptsTo('?delay=5s&slow=1')).toEqual([
      ['timeout', null],
      ['acknowledged', 200],
    ]);
  });

  it.each([
    ['fail=two', 'fail must be a number of attempts'],
    ['fail=1&status=99', 'status must be an HTTP status from 200 to 599'],
    ['slow=-1', 'slow must be a number of attempts'],
    ['delay=soon', 'delay must be a duration such as 20s'],
  ])('answers 400 to "%s" and says what is wrong', async (query, problem) => {
    const answer = await fetch(`${mock.url}/__sink?${query}`, { method: 'POST', body: '{}' });
    expect([answer.status, await answer.text()]).toEqual([400, problem]);
  });
});
