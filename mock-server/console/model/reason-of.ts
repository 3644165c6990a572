import type { DeliveryReason, Plan, PlannedDelivery } from '../admin-types.ts';

/** Returns why a delivery of a plan is sent, as the admin API does. */
export function reasonOf(delivery: PlannedDelivery, { callbacks, scenario }: Plan): DeliveryReason {
  if (delivery.flaw === 'forged') return 'forged';
  if (delivery.flaw === 'malformed' || delivery.flaw === 'truncated') return 'malformed';
  const doubles = scenario.callback === 'duplicate' || scenario.callback === 'concurrent-duplicate';
  if (!doubles || delivery.kind !== undefined) return 'outcome';
  const same = callbacks.filter(
    ({ kind, event, url }) => kind === undefined && event === delivery.event && url === delivery.url,
  );
  return same.length > 1 && same.at(-1)?.id === delivery.id ? 'duplicate' : 'outcome';
}
