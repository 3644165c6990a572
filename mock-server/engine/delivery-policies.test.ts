import { expect, it } from 'vitest';
import { createSampleTasks } from '../delivery/testing/sample-tasks.ts';
import { createDeliveryPolicies } from './delivery-policies.ts';

const { event: ofPack } = createSampleTasks();
const event = {
  ...ofPack,
  delivery: { ...ofPack.delivery, retries: 5, ackTimeoutMs: 900, gapsMs: [100, 205] },
};

it('divides the gaps by the speed, and no other time', () => {
  const policy = createDeliveryPolicies({ delivery: {}, speed: 10 })(event);
  expect(policy).toEqual({ ...event.delivery, gapsMs: [10, 21] });
});

it("replaces the vendor's rules with the user's settings, whose gaps are divided as well", () => {
  const policyOf = createDeliveryPolicies({ delivery: { retries: 1, gapsMs: [50] }, speed: 5 });
  expect(policyOf(event)).toEqual({ ...event.delivery, retries: 1, gapsMs: [10] });
});

it('drops the jitter and the retries of single states when the user sets gaps and retries', () => {
  const varied = { ...event, delivery: { ...event.delivery, gapJitter: 0.1, retriesFor: { done: 3 } } };
  const policy = (delivery: object) => createDeliveryPolicies({ delivery, speed: 1 })(varied);
  expect(policy({})).toMatchObject({ gapJitter: 0.1, retriesFor: { done: 3 } });
  expect(policy({ gapsMs: [10] })).toMatchObject({ gapJitter: 0, retriesFor: { done: 3 } });
  expect(policy({ retries: 1 })).toMatchObject({ gapJitter: 0.1, retriesFor: {} });
});

it('computes the policy of each event once', () => {
  const policyOf = createDeliveryPolicies({ delivery: {}, speed: 1 });
  expect(policyOf(event)).toBe(policyOf(event));
  expect(policyOf({ ...event })).not.toBe(policyOf(event));
});
