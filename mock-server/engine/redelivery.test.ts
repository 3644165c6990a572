import { describe, expect, it } from 'vitest';
import { createSampleTasks, samplePack, withUrl } from '../delivery/testing/sample-tasks.ts';
import { redeliveryOf } from './redelivery.ts';

const URL_TO = 'http://127.0.0.1:3000/other';

function finished() {
  const sender = samplePack(({ operations }) => operations.some(({ type }) => type === 'cancel'));
  const operation = withUrl(sender.operation);
  const operations = sender.pack.operations.map((one) => (one.id === operation.id ? operation : one));
  const { add } = createSampleTasks({ ...sender, pack: { ...sender.pack, operations } });
  const task = add();
  return { task, operation, endsAt: task.plan.steps.at(-1)?.at ?? 0 };
}

describe('a redelivery', () => {
  it('has the URL of the last callback, or another one', () => {
    const { task, operation, endsAt } = finished();
    const planned = task.plan.callbacks.at(-1);
    expect(redeliveryOf(task, operation, endsAt)).toMatchObject({
      url: planned?.url,
      state: planned?.state,
      flaw: null,
      retries: null,
    });
    expect(redeliveryOf(task, operation, endsAt, { to: URL_TO })).toMatchObject({
      url: URL_TO,
      event: planned?.event,
      state: planned?.state,
    });
  });

  it('is forged on request, in any state and without retries', () => {
    const { task, operation, endsAt } = finished();
    const success = task.plan.steps.at(-1)?.state;
    const submittedAt = task.plan.steps[0]?.at ?? 0;
    for (const now of [submittedAt, endsAt]) {
      expect(redeliveryOf(task, operation, now, { forged: true })).toMatchObject({
        flaw: 'forged',
        retries: 0,
        state: success,
        dueAt: now,
      });
    }
  });

  it('can announce a task without a callback URL at a given one', () => {
    const { task, operation, endsAt } = finished();
    const silent = { ...operation, callbacks: [] };
    const { targets: _none, ...plan } = task.plan;
    Object.defineProperty(task, 'plan', { value: plan });
    expect(() => redeliveryOf(task, silent, endsAt)).toThrow('its request named no callback URL');
    expect(redeliveryOf(task, silent, endsAt, { to: URL_TO }).url).toBe(URL_TO);
  });

  it.each(['nowhere', 'ftp://127.0.0.1/x', 'http://'])('is not sent to "%s"', (to) => {
    const { task, operation, endsAt } = finished();
    expect(() => redeliveryOf(task, operation, endsAt, { to })).toThrow('is not a URL');
  });
});
