import { describe, expect, it } from 'vitest';
import { createSampleTasks } from '../delivery/testing/sample-tasks.ts';
import type { Pack } from '../packs/pack.ts';
import { createEndpointDeliveries } from './endpoint-deliveries.ts';
import type { Endpoint } from './endpoint-fold.ts';

const samples = createSampleTasks();
const { journal, operation, event } = samples;
const own = { ...event, webhook: 'any' };
const pack = {
  ...samples.pack,
  name: samples.pack.name,
  kinds: samples.pack.kinds,
  operations: [{ ...operation, events: [own] }],
  webhooks: { urlOf: () => 'http://endpoint.test', eventsOf: ({ wanted }: { wanted?: unknown }) => wanted },
} as unknown as Pack;

function promise(endpoints: readonly Partial<Endpoint>[], scenario = 'success', step = -1) {
  const of = () => endpoints.map((one) => ({ id: 'e1', status: 'enabled', body: {}, ...one }) as Endpoint);
  const promiseTo = createEndpointDeliveries({
    packs: new Map([[pack.name, pack]]),
    journal,
    endpoints: { of },
    speed: 1,
  });
  const task = samples.add({ url: null, scenario });
  promiseTo(task, task.plan, step < 0 ? task.plan.steps.length - 1 : step);
  return task.extra;
}

describe('the callbacks to endpoints', () => {
  it('are promised to each enabled endpoint, under numbers of their own', () => {
    const promised = promise([{}, { id: 'e2', status: 'disabled' }, { id: 'e3' }]);
    expect(promised.map(({ id, endpoint, url }) => [id, endpoint, url])).toEqual([
      ['d1', 'e1', 'http://endpoint.test'],
      ['d2', 'e3', 'http://endpoint.test'],
    ]);
  });

  it('are those of the signals that an endpoint wants', () => {
    const wanted = [...event.signals.values()].flat().map(({ name }) => name);
    expect(promise([{ body: { wanted } }])).toHaveLength(1);
    expect(promise([{ body: { wanted: ['another'] } }])).toEqual([]);
    expect(promise([{ body: { wanted: [] } }])).toHaveLength(1);
  });

  it('wait for each other where a scenario says so', () => {
    expect(promise([{}], 'callback.duplicate').map(({ id, after }) => [id, after])).toEqual([
      ['d1', null],
      ['d2', 'd1'],
    ]);
  });

  it('are forged while the task is running', () => {
    expect(promise([{}], 'callback.forged', 0).map(({ flaw }) => flaw)).toContain('forged');
    expect(promise([{}], 'callback.forged').map(({ flaw }) => flaw)).not.toContain('forged');
  });
});
