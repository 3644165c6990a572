import type { Account, JsonObject } from '../core/types.ts';
import type { Fold } from '../journal/fold.ts';
import type { PackedEntry } from '../journal/journal-entry.ts';
import type { EndpointStatus } from '../packs/webhooks.ts';

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

/** The registered endpoints, as a fold of the journal's entries. */
export interface EndpointFold extends Fold<SavedEndpoints> {
  readonly all: ReadonlyMap<string, Endpoint>;
  /** The number of endpoints that were ever registered. */
  readonly made: number;
  /** Returns the endpoints with an abandoned delivery since the last call. */
  takeSuspects(): Endpoint[];
}

/** @param maskValue masks the keys of clients in what is written to disk */
export function createEndpointFold(maskValue: (body: JsonObject) => JsonObject): EndpointFold {
  const all = new Map<string, Endpoint>();
  const suspects = new Set<string>();
  let made = 0;

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
      yield { made, endpoints: [...all.values()].map((one) => ({ ...one, body: maskValue(one.body) })) };
    },
    load(part) {
      made = part.made;
      for (const endpoint of part.endpoints) all.set(endpoint.id, endpoint);
    },
    all,
    get made() {
      return made;
    },
    takeSuspects() {
      if (suspects.size === 0) return [];
      const taken = [...suspects].flatMap((id) => all.get(id) ?? []);
      suspects.clear();
      return taken;
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
