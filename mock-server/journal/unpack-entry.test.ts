import { describe, expect, it } from 'vitest';
import { fc } from '../../fixtures/properties.ts';
import type { DeliveryId } from '../core/types.ts';
import { createEntryCheck } from './entry-schema.ts';
import { KEY_MARK } from './marks.ts';
import { createPlanPacker } from './packed-plan.ts';
import { createSecrets } from './secrets.ts';
import { journaledPlan } from './testing/journaled-plan.ts';
import { ALL_TYPES, anyEntry, sampleEntry } from './testing/sample-entries.ts';
import { closeEntry, openEntry, presentEntry, showDelivery, showPlan } from './unpack-entry.ts';

const KEY = 'sk-7f3a9c51e2';

function knowing() {
  const secrets = createSecrets();
  secrets.learn(KEY);
  return secrets;
}

/** A plan with the key in each part that a client can put it into. */
const leaking = () => {
  const plan = journaledPlan('a');
  return {
    ...plan,
    request: { prompt: `a ${KEY}` },
    requestText: `{"prompt":"a ${KEY}","n":1.0}`,
    pathParams: { owner: KEY },
    callbacks: plan.callbacks.map((one) => ({ ...one, url: `http://a.test/${KEY}` })),
  };
};

describe('an entry', () => {
  it('is the same after it is packed and unpacked', () => {
    const packer = createPlanPacker();
    const secrets = createSecrets();
    fc.assert(
      fc.property(anyEntry, (entry) => {
        expect(openEntry(closeEntry(entry, packer), secrets)).toEqual(entry);
      }),
    );
  });

  it.each(ALL_TYPES)('has a plan only while it is not packed, and is valid on disk: %s', (type) => {
    const entry = sampleEntry(type);
    expect(createEntryCheck()(entry as unknown as Record<string, unknown>)).toBeNull();
    const packed = closeEntry(entry, createPlanPacker());
    expect('plan' in packed).toBe(false);
    expect('packed' in packed).toBe('plan' in entry);
  });

  it.each(['task.submitted', 'task.amended'] as const)(
    'is shown without the keys of its client, which stay in memory: %s',
    (type) => {
      const plan = leaking();
      const packed = closeEntry(sampleEntry(type, { plan }), createPlanPacker());
      const shown = openEntry(packed, knowing());
      expect(JSON.stringify(shown)).not.toContain(KEY);
      expect(JSON.stringify(shown).split(KEY_MARK)).toHaveLength(5);
      expect(openEntry(packed, createSecrets())).toMatchObject({ plan });
    },
  );

  it('of a promised delivery is shown with a masked URL', () => {
    const [delivery] = leaking().callbacks;
    if (delivery === undefined) throw new Error('the plan has no callback');
    const shown = openEntry(sampleEntry('delivery.promised', { delivery }), knowing());
    expect(shown).toMatchObject({ delivery: { id: delivery.id, url: `http://a.test/${KEY_MARK}` } });
  });

  it('is presented with ISO 8601 times', () => {
    const packed = closeEntry(sampleEntry('task.submitted', { at: 1000 }), createPlanPacker());
    expect(presentEntry(packed, createSecrets())).toMatchObject({
      seq: 1,
      at: '1970-01-01T00:00:01.000Z',
      plan: { submittedAt: '1970-01-01T00:00:01.000Z', request: { prompt: 'A cat' } },
    });
  });
});

describe('a plan that is shown', () => {
  it('is equal to a plan without keys', () => {
    const plan = journaledPlan('a', { requestText: '{"prompt":"A cat"}', pathParams: { owner: 'acme' } });
    expect(showPlan(plan, knowing())).toEqual(plan);
    expect(showPlan(journaledPlan('a', { callbacks: [] }), knowing()).callbacks).toEqual([]);
  });

  it('has the same delivery when its URL has no key', () => {
    const [delivery] = journaledPlan('a').callbacks;
    if (delivery === undefined) throw new Error('the plan has no callback');
    expect(showDelivery(delivery, knowing())).toBe(delivery);
    const other = { ...delivery, id: 'd2' as DeliveryId, url: `http://a.test/?x=${KEY}` };
    expect(showDelivery(other, knowing())).toEqual({ ...other, url: `http://a.test/?x=${KEY_MARK}` });
  });
});
