import { describe, expect, it } from 'vitest';
import type { PlannedDelivery, TaskId } from '../core/types.ts';
import { builtInPackDirs, loadPack } from '../packs/load-pack.ts';
import { callbackBody, callbackHeaders, forgedContext } from './compose-callback.ts';
import { createSampleTasks } from './testing/sample-tasks.ts';

const { plan: planOf, event, pack } = createSampleTasks();
const plan = planOf();
const { state, dueAt } = plan.callbacks.at(-1) as PlannedDelivery;

describe('the body of a callback', () => {
  it('is the template of its state, with the data of its task', () => {
    const body = callbackBody(plan, { state, dueAt, flaw: null }, event);
    expect(JSON.stringify(JSON.parse(body))).toContain(plan.taskId);
    expect(callbackBody(plan, { state, dueAt, flaw: null }, event)).toBe(body);
  });

  it('is not JSON when it is malformed', () => {
    const body = callbackBody(plan, { state, dueAt, flaw: 'malformed' }, event);
    expect(() => JSON.parse(body)).toThrow(SyntaxError);
    expect(body.startsWith(callbackBody(plan, { state, dueAt, flaw: null }, event).slice(0, -1))).toBe(true);
  });

  it('names media of a host that cannot exist when it is forged', () => {
    const body = callbackBody(plan, { state, dueAt, flaw: 'forged' }, event);
    expect(body).toContain('https://media.forged.invalid');
    expect(body).not.toContain(plan.origin);
  });

  it('does not exist for a state that the event does not announce', () => {
    expect(() => callbackBody(plan, { state: 'absent', dueAt, flaw: null }, event)).toThrow(
      `event "${event.name}" has no body for "absent"`,
    );
  });
});

it('claims success in a forged callback for any outcome of the task', () => {
  const [slug = ''] = pack.failures.keys();
  const failed = planOf({ scenario: `fail.${slug}` });
  expect(failed.outcome.type).toBe('failure');
  const { plan: claim, view } = forgedContext(failed, state, dueAt, 'https://forger.test');
  expect([claim.origin, view.outcome]).toEqual(['https://forger.test', { type: 'success' }]);
});

const sent = (taskId: string) => ({ taskId: taskId as TaskId, request: {} });

describe('the headers of a callback', () => {
  const input = {
    plan: sent('task-1'),
    url: 'http://127.0.0.1:3000/callback',
    deliveryId: 'cb-1',
    body: '{}',
    userAgent: 'agent/1',
    wallAt: 1_700_000_000_999,
  };
  const signing = builtInPackDirs()
    .map((dir) => loadPack(dir))
    .find(({ signer }) => signer !== null);
  if (signing === undefined) throw new Error('expected a pack that signs');

  it('are the same object for all unsigned callbacks of a user agent', () => {
    const headers = callbackHeaders({ ...input, pack, secret: null });
    expect(headers).toEqual({ 'content-type': 'application/json', 'user-agent': 'agent/1' });
    expect(callbackHeaders({ ...input, pack, secret: null, plan: sent('task-2') })).toBe(headers);
    expect(callbackHeaders({ ...input, pack, secret: null, userAgent: 'agent/2' })).toMatchObject({
      'user-agent': 'agent/2',
    });
    expect(headers['user-agent']).toBe('agent/1');
  });

  it('contain a signature that depends on the key, the body and the time in seconds', () => {
    const headersOf = (change: object) =>
      JSON.stringify(callbackHeaders({ ...input, pack: signing, secret: 'key', ...change }));
    const signed = headersOf({});
    expect(Object.keys(JSON.parse(signed)).length).toBeGreaterThan(2);
    expect(headersOf({ wallAt: input.wallAt - 900 })).toBe(signed);
    for (const change of [{ secret: 'other' }, { plan: sent('task-2') }, { wallAt: input.wallAt + 1 }]) {
      expect(headersOf(change)).not.toBe(signed);
    }
  });
});
