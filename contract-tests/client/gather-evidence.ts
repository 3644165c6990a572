import type { JournalEntry, Pack } from '../../mock-server/index.ts';
import { createCollector } from './collector.ts';
import type { Evidence, Measures, RunFacts } from './evidence.ts';

export interface EvidenceOptions extends Measures {
  readonly entries: readonly JournalEntry[];
  readonly pack: Pack;
  readonly run: RunFacts | null;
  /** End of the run, ISO 8601 (default: time of the last entry). */
  readonly endedAt?: string;
}

/** Collects the evidence of one pack from journal entries. */
export function gatherEvidence({ entries, pack, run, endedAt, ...measures }: EvidenceOptions): Evidence {
  const collector = createCollector([pack], measures, run !== null);
  for (const entry of entries) collector.add(entry);
  return collector.evidenceOn(pack, run, endedAt);
}
