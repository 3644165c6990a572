import type { Plan } from '../core/types.ts';
import type { JournalRecord } from './journal-record.ts';
import { type PlanPacker, unpackPlan } from './packed-plan.ts';
import { type Presented, present } from './present.ts';

type Submitted = Extract<JournalRecord, { readonly type: 'task.submitted' }>;

/** A record as everybody outside sees it: with its plan, where the journal in memory keeps it packed. */
export type OpenRecord =
  | Exclude<JournalRecord, Submitted>
  | (Omit<Submitted, 'packed'> & { readonly plan: Plan });

export function openRecord(record: JournalRecord): OpenRecord {
  if (record.type !== 'task.submitted') return record;
  const { packed, ...rest } = record;
  return { ...rest, plan: unpackPlan(packed) };
}

export function closeRecord(record: OpenRecord, packer: PlanPacker): JournalRecord {
  if (record.type !== 'task.submitted') return record;
  const { plan, ...rest } = record;
  return { ...rest, packed: packer.pack(plan) };
}

/** A record for people: open, and with its times as ISO 8601. */
export function presentRecord(record: JournalRecord): Presented<OpenRecord> {
  return present(openRecord(record));
}
