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

it('computes the policy of each event once', () => {
  const policyOf = createDeliveryPolicies({ delivery: {}, speed: 1 });
  expect(policyOf(event)).toBe(policyOf(event));
  expect(policyOf({ ...event })).not.toBe(policyOf(event));
});
