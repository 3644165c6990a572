import type { DeliveryPolicy } from '../core/types.ts';
import type { PackEvent } from '../packs/pack.ts';
import type { Settings } from './settings.ts';

/**
 * Combines the vendor's delivery rules with the user's settings, and divides the gaps by the speed. Each event's policy
 * is computed once.
 */
export function createDeliveryPolicies({
  delivery,
  speed,
}: Pick<Settings, 'delivery' | 'speed'>): (event: PackEvent) => DeliveryPolicy {
  const policies = new WeakMap<PackEvent, DeliveryPolicy>();
  return (event) => {
    const known = policies.get(event);
    if (known !== undefined) return known;
    const merged = { ...event.delivery, ...delivery };
    const policy = {
      ...merged,
      // What the user sets is exact, and applies to every state.
      ...(delivery.gapsMs === undefined ? {} : { gapJitter: 0 }),
      ...(delivery.retries === undefined ? {} : { retriesFor: {} }),
      gapsMs: merged.gapsMs.map((gapMs) => Math.round(gapMs / speed)),
    };
    policies.set(event, policy);
    return policy;
  };
}
