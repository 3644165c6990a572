import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkDelivery } from './check-delivery.ts';
import type { RulesOfDelivery } from './delivery-source.ts';
import type { Lifecycle } from './lifecycle.ts';
import { readPackFiles } from './load-pack.ts';
import { PACKAGE_ROOT } from './package-root.ts';

const { lifecycle } = readPackFiles(join(PACKAGE_ROOT, 'fixtures/packs/beacon-video'));
const CHANGED = 'beacon-video.changed';

/** Returns the defects of the pack with other rules for one event. */
function defectsWith(delivery: Partial<RulesOfDelivery>): string[] {
  const event = lifecycle.events?.[CHANGED];
  if (event === undefined) throw new Error('the pack has this event');
  const changed: Lifecycle = {
    ...lifecycle,
    events: { ...lifecycle.events, [CHANGED]: { ...event, delivery } },
  };
  return checkDelivery(changed).map(({ pointer, message }) => `${pointer}: ${message}`);
}

describe('the delivery rules of a pack', () => {
  it('are accepted when they fit together', () => {
    expect(checkDelivery(lifecycle)).toEqual([]);
  });

  it.each<[Partial<RulesOfDelivery>, string]>([
    [
      { retriesFor: { drawing: 1 } },
      'retriesFor/drawing: no callback is about state "drawing"; expected one of ready, broken',
    ],
    [
      { ackStatus: '1xx-3xx', endsRetries: ['4xx', '302'] },
      'endsRetries: 302 acknowledges a callback, so it cannot end its retries',
    ],
    [
      { retries: 0, gapJitter: '5%' },
      'gapJitter: "gapJitter" has no effect, because callbacks are not retried',
    ],
  ])('are refused when they contradict each other: %j', (rules, defect) => {
    expect(defectsWith(rules)).toEqual([`/events/${CHANGED}/delivery/${defect}`]);
  });
});

describe('the rules for endpoints', () => {
  const { lifecycle: lantern } = readPackFiles(join(PACKAGE_ROOT, 'fixtures/packs/lantern-video'));
  const operations = (change: Readonly<Record<string, unknown>>): Lifecycle =>
    ({ ...lantern, operations: { ...lantern.operations, ...change } }) as Lifecycle;
  const without = (...ids: readonly string[]): Lifecycle => {
    const kept = Object.entries(lantern.operations).filter(([id]) => !ids.includes(id));
    return { ...lantern, operations: Object.fromEntries(kept) };
  };
  const { webhooks: _webhooks, ...unregistered } = lantern;

  it.each<[string, Lifecycle, string]>([
    [
      'no registration',
      without('create-endpoint'),
      '/webhooks: no operation registers an endpoint; add one with "does: webhook-create"',
    ],
    ['no ping', without('ping-endpoint'), '/webhooks/ping: no operation sends a ping'],
    [
      'an operation without an endpoint',
      operations({ 'get-endpoint': { does: 'webhook-get' } }),
      '/operations/get-endpoint: missing the "endpoint" that it is about',
    ],
    [
      'a list without an item',
      operations({ 'list-endpoints': { does: 'webhook-list', answer: {} } }),
      '/operations/list-endpoints: a list needs an "item" and an "answer"',
    ],
    [
      'events without endpoints',
      unregistered,
      '/events/lantern-video.scene/webhook: "webhooks" is required because events go to endpoints',
    ],
  ])('are refused with %s', (_name, changed, defect) => {
    expect(checkDelivery(changed).map(({ pointer, message }) => `${pointer}: ${message}`)).toEqual([defect]);
  });

  it('are accepted when they fit together', () => {
    expect(checkDelivery(lantern)).toEqual([]);
  });
});
