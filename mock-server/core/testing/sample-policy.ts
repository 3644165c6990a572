import type { DeliveryPolicy } from '../types.ts';

/** Returns a policy with one retry after 30 ms, except for `change`. */
export function samplePolicy(change: Partial<DeliveryPolicy> = {}): DeliveryPolicy {
  return {
    ackTimeoutMs: 1000,
    ackStatus: '2xx',
    ackBody: null,
    endsRetries: null,
    retries: 1,
    retriesFor: {},
    gapsMs: [30],
    gapJitter: 0,
    ...change,
  };
}
