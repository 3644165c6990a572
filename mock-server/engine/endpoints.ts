import { createRandom } from '../core/random.ts';
import type { Account, JsonObject } from '../core/types.ts';
import type { Journal } from '../journal/journal.ts';
import type { Pack } from '../packs/pack.ts';
import type { EndpointStatus, EndpointView, Webhooks } from '../packs/webhooks.ts';
import type { Endpoint, EndpointFold } from './endpoint-fold.ts';

/** The endpoints that clients register. */
export interface Endpoints {
  get(id: string): Endpoint | undefined;
  /** Returns all endpoints, oldest first. */
  all(): Endpoint[];
  /** Returns an endpoint of an account; undefined when it has no such endpoint. */
  find(pack: Pick<Pack, 'name'>, account: Account, id: string): Endpoint | undefined;
  /** Returns the endpoints of an account, oldest first. */
  of(pack: Pick<Pack, 'name'>, account: Account): Endpoint[];
  /** Registers an endpoint. Null when the account has too many. */
  create(pack: Pick<Pack, 'name'>, webhooks: Webhooks, account: Account, body: JsonObject): Endpoint | null;
  update(endpoint: Endpoint, webhooks: Webhooks, fields: JsonObject): Endpoint;
  rotate(endpoint: Endpoint): Endpoint;
  delete(endpoint: Endpoint): void;
  /** Disables the endpoints of which too many deliveries in a row were abandoned. */
  disableFailing(): void;
  /** The secret of an endpoint; null when the vendor gives none. */
  secretOf(id: string): string | null;
}

export interface EndpointsOptions {
  readonly packs: ReadonlyMap<string, Pick<Pack, 'webhooks'>>;
  readonly journal: Pick<Journal, 'append'>;
  readonly fold: EndpointFold;
  /** The seed of the run. */
  readonly seed: string;
}

/** Endpoints of one account; a client could otherwise fill the memory. */
export const MOST_OF_ACCOUNT = 1000;

export function createEndpoints({ packs, journal, fold, seed }: EndpointsOptions): Endpoints {
  const { all } = fold;

  const of: Endpoints['of'] = ({ name }, account) =>
    [...all.values()].filter((one) => one.pack === name && one.account === account);

  function stored(id: string): Endpoint {
    const endpoint = all.get(id);
    if (endpoint === undefined) throw new Error(`endpoint ${id} is missing`);
    return endpoint;
  }

  function change(
    { id, body, status, rotation }: Endpoint,
    fields: Partial<Pick<Endpoint, 'body' | 'status' | 'rotation'>>,
  ): Endpoint {
    journal.append({ type: 'endpoint.updated', endpointId: id, body, status, rotation, ...fields });
    return stored(id);
  }

  return {
    get: (id) => all.get(id),
    all: () => [...all.values()],
    find({ name }, account, id) {
      const endpoint = all.get(id);
      return endpoint?.pack === name && endpoint.account === account ? endpoint : undefined;
    },
    of,
    create({ name: pack }, { idForm }, account, body) {
      if (of({ name: pack }, account).length >= MOST_OF_ACCOUNT) return null;
      const endpointId = createRandom(`${seed}|${pack}|${account}|endpoint ${fold.made}`).id(idForm);
      journal.append({ type: 'endpoint.created', endpointId, pack, account, body });
      return stored(endpointId);
    },
    update(endpoint, webhooks, fields) {
      const status = statusIn(webhooks, fields) ?? endpoint.status;
      return change(endpoint, { body: { ...endpoint.body, ...fields }, status });
    },
    rotate: (endpoint) => change(endpoint, { rotation: endpoint.rotation + 1 }),
    delete: ({ id }) => void journal.append({ type: 'endpoint.deleted', endpointId: id }),
    disableFailing() {
      for (const { id, pack, status, failures } of fold.takeSuspects()) {
        const limit = packs.get(pack)?.webhooks?.disableAfter ?? null;
        if (limit === null || failures < limit || status !== 'enabled') continue;
        journal.append({ type: 'endpoint.disabled', endpointId: id, failures });
      }
    },
    secretOf(id) {
      const endpoint = all.get(id);
      const webhooks = packs.get(endpoint?.pack ?? '')?.webhooks ?? null;
      return endpoint === undefined || webhooks === null ? null : endpointSecret(endpoint, webhooks);
    },
  };
}

function statusIn({ statusOf, words }: Webhooks, fields: JsonObject): EndpointStatus | null {
  const asked = statusOf?.(fields);
  if (asked === words.enabled) return 'enabled';
  return asked === words.disabled ? 'disabled' : null;
}

/** Returns the secret of an endpoint, which is derived from its id; null when the vendor gives none. */
export function endpointSecret({ id, rotation }: Endpoint, { secretPrefix }: Webhooks): string | null {
  return secretPrefix === null ? null : secretPrefix + createRandom(`${id} secret ${rotation}`).id('hex32');
}

export function viewEndpoint(endpoint: Endpoint, webhooks: Webhooks): EndpointView {
  const { id, status, body, createdAt, updatedAt } = endpoint;
  return { id, status, body, createdAt, updatedAt, secret: endpointSecret(endpoint, webhooks) };
}
