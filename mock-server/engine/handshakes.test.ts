import { describe, expect, it } from 'vitest';
import type { Account, Announcement, Plan } from '../core/types.ts';
import { createSampleTasks, SAMPLE_ACCOUNT, SAMPLE_URL } from '../delivery/testing/sample-tasks.ts';
import { progressOf } from '../journal/stored-task.ts';
import type { Pack } from '../packs/pack.ts';
import { createHandshakes, handshakesSettled } from './handshakes.ts';

function create() {
  const samples = createSampleTasks();
  const { journal, tasks } = samples;
  const pack = { name: samples.pack.name, handshake: {} } as Pack;
  const handshakes = createHandshakes(tasks, (text) => text.replace('secret', '***'));
  journal.subscribe(handshakes.apply);
  const announcement: Announcement = { event: 'e', url: SAMPLE_URL, signals: new Map() };
  const needed = (account: Account = SAMPLE_ACCOUNT, of = pack, url = SAMPLE_URL) =>
    handshakes.addTo({ ...announcement, url }, of, account)?.handshakes;

  /** Adds a task that begins with a handshake. */
  function add(url = SAMPLE_URL) {
    const plan: Plan = samples.plan({ url });
    const [callback] = plan.callbacks;
    if (callback === undefined) throw new Error('the plan has a callback');
    return samples.add({ ...plan, callbacks: [{ ...callback, url, kind: 'handshake' }] });
  }

  function settle(task: ReturnType<typeof add>, status: 'acknowledged' | 'abandoned'): void {
    const { taskId, callbacks } = task.plan;
    const deliveryId = callbacks[0]?.id ?? ('' as never);
    const kind = 'handshake';
    journal.append({ type: 'delivery.settled', taskId, deliveryId, event: 'e', kind, status, attempts: 1 });
  }
  return { ...samples, handshakes, announcement, pack, needed, add, settle };
}

describe('a handshake', () => {
  it('is needed until the receiver has answered one, by pack, account and URL', () => {
    const { needed, add, settle, pack } = create();
    expect(needed()).toEqual([SAMPLE_URL]);
    settle(add(), 'abandoned');
    expect(needed()).toEqual([SAMPLE_URL]);
    settle(add(), 'acknowledged');
    expect(needed()).toBeUndefined();
    expect(needed('key-2' as Account)).toEqual([SAMPLE_URL]);
    expect(needed(SAMPLE_ACCOUNT, { ...pack, name: 'other' })).toEqual([SAMPLE_URL]);
    expect(needed(SAMPLE_ACCOUNT, { ...pack, handshake: null })).toBeUndefined();
  });

  it('is needed once for several announcements to one URL', () => {
    const { handshakes, announcement, pack } = create();
    const both = { ...announcement, others: [{ ...announcement, event: 'f' }] };
    expect(handshakes.addTo(both, pack, SAMPLE_ACCOUNT)?.handshakes).toEqual([SAMPLE_URL]);
    expect(handshakes.addTo(null, pack, SAMPLE_ACCOUNT)).toBeNull();
  });

  it('is forgotten by a reset, and kept by a snapshot with masked keys', () => {
    const { needed, add, settle, handshakes, journal } = create();
    settle(add(`${SAMPLE_URL}/secret`), 'acknowledged');
    settle(add(), 'acknowledged');
    const [saved] = [...handshakes.save()];
    expect(saved?.join()).not.toContain('secret');
    journal.append({ type: 'server.reset' });
    expect(needed()).toEqual([SAMPLE_URL]);
    handshakes.load(saved ?? []);
    expect(needed()).toBeUndefined();
  });

  it('does not count as a callback that was acknowledged or abandoned', () => {
    const { add, settle } = create();
    const [good, bad] = [add(), add()];
    settle(good, 'acknowledged');
    settle(bad, 'abandoned');
    expect([good.acknowledged, bad.abandoned]).toEqual([false, false]);
    expect(progressOf(bad, bad.plan.callbacks[0]?.id ?? ('' as never)).status).toBe('abandoned');
  });
});

describe('those who wait for handshakes', () => {
  it.each(['acknowledged', 'abandoned'] as const)('learn that it was %s', async (status) => {
    const { add, settle, journal } = create();
    const task = add();
    const waiting = handshakesSettled(task, task.plan, journal);
    settle(task, status);
    expect(await waiting).toBe(status === 'acknowledged');
    expect(await handshakesSettled(task, task.plan, journal)).toBe(status === 'acknowledged');
  });

  it('do not wait for a task that is removed', async () => {
    const { add, journal } = create();
    const [forgotten, reset] = [add(), add()];
    const waiting = [forgotten, reset].map((task) => handshakesSettled(task, task.plan, journal));
    journal.append({ type: 'task.forgotten', taskId: forgotten.plan.taskId });
    journal.append({ type: 'server.reset' });
    expect(await Promise.all(waiting)).toEqual([false, false]);
  });
});
