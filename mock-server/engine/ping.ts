import type { TaskId } from '../core/types.ts';
import type { Clock } from '../delivery/clock.ts';
import { callbackHeaders } from '../delivery/compose-callback.ts';
import type { Courier } from '../delivery/courier.ts';
import type { Journal } from '../journal/journal.ts';
import type { Pack } from '../packs/pack.ts';
import { signingSecretOf } from '../packs/signing/signing-secret.ts';
import type { Endpoint } from './endpoint-fold.ts';
import { endpointSecret } from './endpoints.ts';
import type { Settings } from './settings.ts';

/** Sends one test message to an endpoint, without retries. Resolves when its attempt has ended. */
export type Ping = (pack: Pack, endpoint: Endpoint, body: string) => Promise<void>;

export interface PingOptions {
  readonly courier: Pick<Courier, 'post'>;
  readonly clock: Pick<Clock, 'wallNow'>;
  readonly journal: Pick<Journal, 'append'>;
  readonly settings: Pick<Settings, 'secret' | 'seed' | 'version'>;
}

export function createPing({ courier, clock, journal, settings }: PingOptions): Ping {
  return async (pack, endpoint, body) => {
    const { webhooks, delivery } = pack;
    const url = String(webhooks?.urlOf(endpoint.body) ?? '');
    const own = webhooks === null ? null : endpointSecret(endpoint, webhooks);
    const headers = callbackHeaders({
      pack,
      // The message is about an endpoint in place of a task.
      plan: { taskId: endpoint.id as TaskId, request: endpoint.body },
      url,
      deliveryId: 'ping',
      body,
      secret: own ?? signingSecretOf(pack, settings),
      userAgent: `stuntdouble/${settings.version}`,
      wallAt: clock.wallNow(),
    });
    const { ackTimeoutMs, ackStatus, ackBody } = delivery;
    const outgoing = { headers, body, ackTimeoutMs, ackStatus, ackBody, flaw: null };
    const result = await courier.post(url, () => outgoing);
    if (result === null) return;
    const { outcome, status } = result;
    journal.append({ type: 'endpoint.pinged', endpointId: endpoint.id, url, body, outcome, status });
  };
}
