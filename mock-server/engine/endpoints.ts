import { createRandom } from '../core/random.ts';
import type { Account, JsonObject } from '../core/types.ts';
import type { Fold } from '../journal/fold.ts';
import type { Journal } from '../journal/journal.ts';
import type { PackedEntry } from '../journal/journal-entry.ts';
import type { Pack } from '../packs/pack.ts';
import type { EndpointStatus, EndpointView, Webhooks } from '../packs/webhooks.ts';

/** An endpoint that a client registered. */
export interface Endpoint {
  readonly id: string;
  readonly pack: string;
  readonly account: Account;
  readonly body: JsonObject;
  readonly status: EndpointStatus;
  /** How often its secret was replaced. */
  readonly rotation: number;
  /** The number of consecutive abandoned deliveries. */
  readonly failures: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

interface SavedEndpoints {
  readonly made: number;
  readonly endpoints: readonly Endpoint[];
}

/** Keeps the registered endpoints, from the entries of the journal. */
export interface Endpoints extends Fold<SavedEndpoints> {
  get(id: string): Endpoint | undefined;
  /** Returns an endpoint of an account; undefined when it has no such endpoint. */
  find(pack: Pack, account: Account, id: string): Endpoint | undefined;
  /** Returns the endpoints of an account, oldest first. */
  of(pack: Pick<Pack, 'name'>, account: Account): Endpoint[];
  /** Registers an endpoint. Null when the account has too many. */
  create(pack: Pack, webhooks: Webhooks, account: Account, body: JsonObject): Endpoint | null;
  update(endpoint: Endpoint, webhooks: Webhooks, change: JsonObject): Endpoint;
  rotate(endpoint: Endpoint): Endpoint;
  delete(endpoint: Endpoint): void;
  /** Disables the endpoints of which too many deliveries in a row were abandoned. */
  disableFailing(): void;
}

export interface EndpointsOptions {
  readonly packs: ReadonlyMap<string, Pack>;
  readonly journal: Pick<Journal, 'append' | 'secrets'>;
  /** The seed of the run. */
  readonly seed: string;
}

/** Endpoints of one account; a client could otherwise fill the memory. */
const MOST_OF_ACCOUNT = 1000;

export function createEndpoints({ packs, journal, seed }: EndpointsOptions): Endpoints {
  const all = new Map<string, Endpoint>();
  /** Endpoints with an abandoned delivery since the last look. */
  const suspects = new Set<string>();
  let made = 0;

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

  function apply(entry: PackedEntry): void {
    switch (entry.type) {
      case 'server.reset':
        made = 0;
        all.clear();
        return suspects.clear();
      case 'endpoint.created':
        made += 1;
        return void all.set(entry.endpointId, createdBy(entry));
      case 'endpoint.deleted':
        return void all.delete(entry.endpointId);
      case 'delivery.settled':
        return entry.endpoint === undefined ? undefined : countDelivery(entry.endpoint, entry.status);
      case 'endpoint.updated':
      case 'endpoint.disabled':
        return applyChange(entry);
      default:
        return;
    }
  }

  function applyChange(
    entry: Extract<PackedEntry, { type: 'endpoint.updated' | 'endpoint.disabled' }>,
  ): void {
    const before = all.get(entry.endpointId);
    if (before === undefined) return;
    if (entry.type === 'endpoint.disabled') return void all.set(before.id, { ...before, status: 'failing' });
    const { body, status, rotation, at: updatedAt } = entry;
    const failures = status === 'enabled' && before.status !== 'enabled' ? 0 : before.failures;
    all.set(before.id, { ...before, body, status, rotation, updatedAt, failures });
  }

  function countDelivery(id: string, status: 'acknowledged' | 'abandoned'): void {
    const endpoint = all.get(id);
    if (endpoint?.status !== 'enabled') return;
    if (status === 'abandoned') suspects.add(id);
    else if (endpoint.failures === 0) return;
    all.set(id, { ...endpoint, failures: status === 'abandoned' ? endpoint.failures + 1 : 0 });
  }

  return {
    name: 'endpoints',
    counted: [],
    apply,
    *save() {
      // Copied at once, because entries may be applied before the part is written.
      const { maskValue } = journal.secrets;
      yield { made, endpoints: [...all.values()].map((one) => ({ ...one, body: maskValue(one.body) })) };
    },
    load(part) {
      made = part.made;
      for (const endpoint of part.endpoints) all.set(endpoint.id, endpoint);
    },
    get: (id) => all.get(id),
    find(pack, account, id) {
      const endpoint = all.get(id);
      return endpoint?.pack === pack.name && endpoint.account === account ? endpoint : undefined;
    },
    of,
    create(pack, { idForm }, account, body) {
      if (of(pack, account).length >= MOST_OF_ACCOUNT) return null;
      const endpointId = createRandom(`${seed}|${pack.name}|${account}|endpoint ${made}`).id(idForm);
      journal.append({ type: 'endpoint.created', endpointId, pack: pack.name, account, body });
      return stored(endpointId);
    },
    update(endpoint, webhooks, fields) {
      const status = statusIn(webhooks, fields) ?? endpoint.status;
      return change(endpoint, { body: { ...endpoint.body, ...fields }, status });
    },
    rotate: (endpoint) => change(endpoint, { rotation: endpoint.rotation + 1 }),
    delete: ({ id }) => void journal.append({ type: 'endpoint.deleted', endpointId: id }),
    disableFailing() {
      if (suspects.size === 0) return;
      const failing = [...suspects].flatMap((id) => all.get(id) ?? []);
      suspects.clear();
      for (const { id, pack, status, failures } of failing) {
        const limit = packs.get(pack)?.webhooks?.disableAfter ?? null;
        if (limit === null || failures < limit || status !== 'enabled') continue;
        journal.append({ type: 'endpoint.disabled', endpointId: id, failures });
      }
    },
  };
}

function createdBy(entry: Extract<PackedEntry, { type: 'endpoint.created' }>): Endpoint {
  const { endpointId: id, pack, account, body, at } = entry;
  return {
    ...{ id, pack, account, body, status: 'enabled', rotation: 0, failures: 0 },
    createdAt: at,
    updatedAt: at,
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
