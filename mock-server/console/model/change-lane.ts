import type { JournalEntry } from '../admin-types.ts';
import { combinedStatus, type Lane, type LaneDelivery } from './lane.ts';
import { deliveryOf, type PackKnowledge, planned, started } from './lane-of.ts';
import { reasonOf } from './reason-of.ts';

type EntryOf<Type extends JournalEntry['type']> = Extract<JournalEntry, { readonly type: Type }>;

/**
 * Returns a lane after an entry about its task; the same lane when the entry does not change it. Entries that a snapshot
 * already includes have no effect.
 */
export function changedLane(lane: Lane, entry: JournalEntry, knowledge: PackKnowledge): Lane {
  switch (entry.type) {
    case 'task.amended':
      return amended(lane, entry);
    case 'task.changed':
      return advanced(lane, entry);
    case 'delivery.promised':
      return promised(lane, entry);
    case 'attempt.started': {
      const timeoutMs = knowledge.rulesOf(lane.pack, entry.event)?.timeoutMs ?? 0;
      return withDelivery(lane, entry.deliveryId, (delivery) => begun(delivery, entry, timeoutMs));
    }
    case 'attempt.ended':
      return withDelivery(lane, entry.deliveryId, (delivery) => ended(delivery, entry));
    case 'delivery.settled':
      return settled(lane, entry);
    case 'media.served': {
      const { name, status } = entry;
      const at = Date.parse(entry.at);
      if (lane.downloads.some((one) => one.at === at && one.name === name && one.status === status))
        return lane;
      return { ...lane, downloads: [...lane.downloads, { at, name, status }] };
    }
    default:
      return lane;
  }
}

function amended(lane: Lane, { plan }: EntryOf<'task.amended'>): Lane {
  const known = new Map(lane.deliveries.map((delivery) => [delivery.id, delivery]));
  const kept = new Set(plan.callbacks.map(({ id }) => id));
  const deliveries = plan.callbacks.map((delivery) => {
    const before = known.get(delivery.id);
    const isOpen = before === undefined || before.attempts.length === 0;
    return isOpen ? deliveryOf(delivery, reasonOf(delivery, plan)) : before;
  });
  const added = lane.deliveries.filter(({ id, attempts, why }) => {
    return !kept.has(id) && (attempts.length > 0 || why === 'redelivered');
  });
  const steps = plan.steps.map(({ state, at }) => ({ state, at: Date.parse(at) }));
  return withStatus({ ...lane, ...planned(plan), steps, deliveries: [...deliveries, ...added] });
}

function advanced(lane: Lane, entry: EntryOf<'task.changed'>): Lane {
  const { state, index } = entry;
  if (lane.changes.some((change) => change.index >= index)) return lane;
  const at = Date.parse(entry.at);
  const endedAt = index === lane.steps.length - 1 ? at : lane.endedAt;
  return { ...lane, changes: [...lane.changes, { state, at, index }], endedAt };
}

function promised(lane: Lane, { delivery }: EntryOf<'delivery.promised'>): Lane {
  if (lane.deliveries.some(({ id }) => id === delivery.id)) return lane;
  const { endpoint, event, url } = delivery;
  const isRepeated = lane.deliveries.some((one) => one.event === event && one.url === url);
  const repeated = endpoint === undefined || isRepeated ? 'redelivered' : 'outcome';
  const why = delivery.flaw === 'forged' ? 'forged' : repeated;
  const text = lane.text.includes(url.toLowerCase()) ? lane.text : `${lane.text}\n${url.toLowerCase()}`;
  return withStatus({ ...lane, text, deliveries: [...lane.deliveries, deliveryOf(delivery, why)] });
}

function begun(delivery: LaneDelivery, entry: EntryOf<'attempt.started'>, timeoutMs: number): LaneDelivery {
  if (delivery.attempts.some(({ n }) => n >= entry.n)) return delivery;
  const span = started(entry.n, Date.parse(entry.at), Date.parse(entry.wallAt), timeoutMs);
  return {
    ...delivery,
    attempts: [...delivery.attempts, span],
    nextAttemptAt: null,
    status: 'in flight',
  };
}

function ended(delivery: LaneDelivery, entry: EntryOf<'attempt.ended'>): LaneDelivery {
  const { n, outcome, status, firstByteMs, durationMs } = entry.attempt;
  if (delivery.attempts.some((span) => span.n === n && span.endedAt !== null)) return delivery;
  const endedAt = Date.parse(entry.at);
  const end = { endedAt, outcome, status, firstByteMs, durationMs };
  return {
    ...delivery,
    attempts: delivery.attempts.map((span) => (span.n === n ? { ...span, ...end } : span)),
    nextAttemptAt: entry.nextAt === undefined ? null : Date.parse(entry.nextAt),
    status: delivery.status === 'in flight' ? 'retrying' : delivery.status,
  };
}

/** A delivery that waited for this one is due from now on. */
function settled(lane: Lane, { deliveryId, status, at }: EntryOf<'delivery.settled'>): Lane {
  const settledAt = Date.parse(at);
  const next = withDelivery(lane, deliveryId, (delivery) => ({ ...delivery, status, nextAttemptAt: null }));
  const deliveries = next.deliveries.map((one) =>
    one.after === deliveryId && one.attempts.length === 0 && one.status === 'waiting'
      ? { ...one, nextAttemptAt: Math.max(one.dueAt, settledAt) }
      : one,
  );
  return withStatus({ ...next, deliveries });
}

function withDelivery(lane: Lane, id: string, change: (delivery: LaneDelivery) => LaneDelivery): Lane {
  const index = lane.deliveries.findIndex((delivery) => delivery.id === id);
  const before = lane.deliveries[index];
  if (before === undefined) return lane;
  const after = change(before);
  return after === before ? lane : withStatus({ ...lane, deliveries: lane.deliveries.with(index, after) });
}

function withStatus(lane: Lane): Lane {
  const status = combinedStatus(lane.deliveries);
  return status === lane.status ? lane : { ...lane, status };
}
