import { expect, it } from 'vitest';
import { runwayCalls } from '../../fixtures/clients/runway-calls.ts';
import { openReceiver } from '../../fixtures/receivers/scripted-receiver.ts';
import { createMockServer } from '../index.ts';
import { createNextEvent } from './next-event.ts';

it('is null when nothing is due', () => {
  expect(createNextEvent({ next: () => null }, { nextAttemptAt: () => null })()).toBeNull();
});

interface Next {
  readonly at: string;
  readonly what: string;
  readonly taskId: string;
}

it('names each state, attempt and media expiry of a task in order', async () => {
  const mock = await createMockServer({ clock: 'virtual', seed: 7, only: ['runway'] }).listen();
  const receiver = await openReceiver(500, 200);
  try {
    const next = async () =>
      ((await (await fetch(`${mock.url}/__admin/clock`)).json()) as { readonly next: Next | null }).next;
    expect(await next()).toBeNull();
    await runwayCalls(mock.url).generate({ callBackUrl: receiver.url });
    const names: string[] = [];
    for (let due = await next(); due !== null; due = await next()) {
      names.push(due.what);
      await mock.clock.set(due.at);
    }
    expect(names).toEqual([
      ...['state queueing', 'state generating', 'state success', 'attempt 2 of d1', 'media expiry'],
    ]);
  } finally {
    await mock.close();
    await receiver.close();
  }
});
