import type { JournalRecord } from '../journal/journal-record.ts';

/** Counts equal requests, so that each gets a unique seed and therefore a unique id. */
export interface SubmissionCounts {
  /**
   * Returns the seed of the next task for this request. Has no effect until the task's entry is applied.
   * @param request a hexadecimal digest
   * @param skipped the number of seeds to skip because uncounted tasks use them
   */
  next(request: string, skipped: number): string;
  /** Updates the counts from a journal entry, so that a restart continues them. */
  apply(record: JournalRecord): void;
}

const SHARDS = 16;
const INITIAL_SLOTS = 64;
/** 16 MB for all shards. */
const MAX_SLOTS = (2 * 1024 * 1024) / SHARDS;
const MAX_LOAD = 0.75;

/**
 * Creates hash tables from the fingerprint of a digest to a count: 8 bytes per slot, sharded to keep each growth
 * short. Requests with the same fingerprint share a count, which can skip numbers but never repeats an id. When a
 * table is full, all start over with a new generation, which is part of the seed.
 * @param mostSlots per shard, a power of two
 */
export function createSubmissionCounts(mostSlots = MAX_SLOTS): SubmissionCounts {
  let generation = 0;
  let shards = emptyShards();

  function startOver(next: number): void {
    generation = next;
    shards = emptyShards();
  }

  function note(seed: string): void {
    const [request = '', n = '1', from = '0'] = seed.split('.');
    if (Number(from) > generation) startOver(Number(from));
    const index = shardOf(request);
    const shard = shards[index] ?? createShard(INITIAL_SLOTS);
    const { counts, fingerprints } = shard;
    const slot = slotOf(shard, fingerprintOf(request));
    if (fingerprints[slot] === 0) shard.taken += 1;
    fingerprints[slot] = fingerprintOf(request);
    counts[slot] = Math.max(counts[slot] ?? 0, Number(n));
    if (shard.taken < MAX_LOAD * counts.length) return;
    if (counts.length < mostSlots) shards[index] = grown(shard);
    else startOver(generation + 1);
  }

  return {
    next(request, skipped) {
      const shard = shards[shardOf(request)];
      const count = shard === undefined ? 0 : (shard.counts[slotOf(shard, fingerprintOf(request))] ?? 0);
      const n = count + 1 + skipped;
      return generation === 0 ? `${request}.${n}` : `${request}.${n}.${generation}`;
    },
    apply(record) {
      if (record.type === 'server.reset') startOver(0);
      // Journals of older versions have no seeds.
      else if (record.type === 'task.submitted' && record.seed !== undefined) note(record.seed);
    },
  };
}

interface Shard {
  /** 0 marks a free slot. */
  readonly fingerprints: Uint32Array;
  readonly counts: Uint32Array;
  taken: number;
}

function emptyShards(): Shard[] {
  return Array.from({ length: SHARDS }, () => createShard(INITIAL_SLOTS));
}

function createShard(slots: number): Shard {
  return { fingerprints: new Uint32Array(slots), counts: new Uint32Array(slots), taken: 0 };
}

function shardOf(request: string): number {
  return Number.parseInt(request.charAt(8), 16) % SHARDS;
}

function fingerprintOf(request: string): number {
  return Number.parseInt(request.slice(0, 8), 16) || 1;
}

/** Returns the slot of a fingerprint, or the free slot for it. */
function slotOf({ fingerprints }: Pick<Shard, 'fingerprints'>, fingerprint: number): number {
  const last = fingerprints.length - 1;
  let slot = fingerprint & last;
  while (fingerprints[slot] !== 0 && fingerprints[slot] !== fingerprint) slot = (slot + 1) & last;
  return slot;
}

function grown({ fingerprints, counts, taken }: Shard): Shard {
  const wider = createShard(fingerprints.length * 2);
  wider.taken = taken;
  for (let old = 0; old < fingerprints.length; old++) {
    const fingerprint = fingerprints[old] ?? 0;
    if (fingerprint === 0) continue;
    const slot = slotOf(wider, fingerprint);
    wider.fingerprints[slot] = fingerprint;
    wider.counts[slot] = counts[old] ?? 0;
  }
  return wider;
}
