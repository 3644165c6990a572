import type { Express } from 'express';
import type { Account } from '../../core/types.ts';
import type { Endpoint } from '../../engine/endpoint-fold.ts';
import type { Secrets } from '../../journal/secrets.ts';
import type { Pack } from '../../packs/pack.ts';
import type { EndpointStatus } from '../../packs/webhooks.ts';
import { refuseMethod } from './admin-errors.ts';
import type { AdminTools } from './admin-tools.ts';
import { acceptsQuery, accountOf, limitOf } from './parameters.ts';
import { sendList } from './send-list.ts';

/** A registered endpoint as the admin API shows it. Times are ISO 8601. */
interface EndpointReport {
  readonly id: string;
  /** Name of the pack. */
  readonly pack: string;
  /** Label of the key with which it was registered. */
  readonly account: Account;
  readonly url: string;
  /** The events that it receives; null for all. */
  readonly events: readonly string[] | null;
  readonly status: EndpointStatus;
  /** Number of consecutive abandoned deliveries. */
  readonly failures: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** Adds the call that lists the endpoints that clients have registered. */
export function addEndpointCalls(app: Express, { engine, packs, journal, accounts }: AdminTools): void {
  const byName = new Map(packs.map((pack) => [pack.name, pack]));
  app
    .route('/endpoints')
    .get(acceptsQuery('pack', 'apiKey', 'limit'), async (request, response) => {
      const { pack } = request.query;
      const account = accountOf(request, accounts);
      const wanted = engine.endpoints
        .all()
        .filter(
          (one) => (pack === undefined || one.pack === pack) && (account ?? one.account) === one.account,
        );
      const limit = limitOf(request);
      await sendList(request, response, limit === 0 ? [] : wanted.slice(-limit), (one) =>
        reportEndpoint(one, byName.get(one.pack), journal.secrets),
      );
    })
    .all(refuseMethod);
}

function reportEndpoint(endpoint: Endpoint, pack: Pack | undefined, secrets: Secrets): EndpointReport {
  const { id, account, body, status, failures, createdAt, updatedAt } = endpoint;
  const webhooks = pack?.webhooks ?? null;
  const events = webhooks?.eventsOf?.(body);
  return {
    id,
    pack: endpoint.pack,
    account,
    url: secrets.maskText(String(webhooks?.urlOf(body) ?? '')),
    events: Array.isArray(events) ? events.map(String) : null,
    status,
    failures,
    createdAt: new Date(createdAt).toISOString(),
    updatedAt: new Date(updatedAt).toISOString(),
  };
}
