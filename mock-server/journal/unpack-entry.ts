import type { Plan, PlannedDelivery } from '../core/types.ts';
import { type Presented, present } from './iso-times.ts';
import type { PackedEntry } from './journal-entry.ts';
import { type PlanPacker, unpackPlan } from './packed-plan.ts';
import type { Secrets } from './secrets.ts';

type OpenSubmitted = Extract<PackedEntry, { readonly type: 'task.submitted' }>;
type OpenAmended = Extract<PackedEntry, { readonly type: 'task.amended' }>;

/** An entry as it is shown and written to disk, with the full plan. In memory, plans are packed. */
export type OpenEntry =
  | Exclude<PackedEntry, OpenSubmitted | OpenAmended>
  | (Omit<OpenSubmitted, 'packed'> & { readonly plan: Plan })
  | (Omit<OpenAmended, 'packed'> & { readonly plan: Plan });

/** Unpacks an entry and masks the secrets that remain in memory because the mock still needs them. */
export function openEntry(entry: PackedEntry, secrets: Secrets): OpenEntry {
  switch (entry.type) {
    case 'task.submitted': {
      const { packed, ...rest } = entry;
      return { ...rest, plan: showPlan(unpackPlan(packed), secrets) };
    }
    case 'task.amended': {
      const { packed, ...rest } = entry;
      return { ...rest, plan: showPlan(unpackPlan(packed), secrets) };
    }
    case 'delivery.promised':
      return { ...entry, delivery: showDelivery(entry.delivery, secrets) };
    case 'endpoint.created':
    case 'endpoint.updated':
      return { ...entry, body: secrets.maskValue(entry.body) };
    case 'upload.stored':
      return { ...entry, name: secrets.maskText(entry.name) };
    default:
      return entry;
  }
}

/** Returns a plan with its client's keys masked. */
export function showPlan(plan: Plan, secrets: Secrets): Plan {
  const { request, requestText, pathParams, callbacks, targets, aliases } = plan;
  return {
    ...plan,
    request: secrets.maskValue(request),
    requestText: typeof requestText === 'string' ? secrets.maskBody(requestText) : null,
    pathParams: pathParams === null ? null : secrets.maskValue(pathParams),
    callbacks:
      callbacks.length === 0 ? callbacks : callbacks.map((delivery) => showDelivery(delivery, secrets)),
    ...(targets === undefined
      ? {}
      : { targets: targets.map(({ event, url }) => ({ event, url: secrets.maskText(url) })) }),
    ...(aliases === undefined ? {} : { aliases: aliases.map((alias) => secrets.maskText(alias)) }),
  };
}

/** Returns a delivery with its client's keys masked. */
export function showDelivery(delivery: PlannedDelivery, secrets: Secrets): PlannedDelivery {
  const url = secrets.maskText(delivery.url);
  return url === delivery.url ? delivery : { ...delivery, url };
}

export function closeEntry(entry: OpenEntry, packer: PlanPacker): PackedEntry {
  switch (entry.type) {
    case 'task.submitted': {
      const { plan, ...rest } = entry;
      return { ...rest, packed: packer.pack(plan) };
    }
    case 'task.amended': {
      const { plan, ...rest } = entry;
      return { ...rest, packed: packer.pack(plan) };
    }
    default:
      return entry;
  }
}

/** Returns an entry for display: unpacked, with its times in ISO 8601. */
export function presentEntry(entry: PackedEntry, secrets: Secrets): Presented<OpenEntry> {
  return present(openEntry(entry, secrets));
}
