import type { Fold } from '../journal/fold.ts';

/** Counts equal requests, so that each gets a unique seed and therefore a unique id. */
export interface SubmissionCounts extends Fold<SavedCounts> {
  /**
   * Returns the seed of the next task for this request. Has no effect until the task's entry is applied.
   * @param request a hexadecimal digest
   * @param skipped the number of seeds to skip because uncounted tasks use them
   */
  next(request: string, skipped: number): string;
}

/** Part of the counts of one shard. */
export interface SavedCounts {
  readonly generation: number;
  readonly shard: number;
  /** The number of slots of the shard. */
  readonly slots: number;
  /** Fingerprints, each followed by its count. */
  readonly counts: readonly number[];
}

/** The number of fingerprints in one part, so that writing it takes a millisecond. */
const PART_SIZE = 8192;

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
    put(shard, fingerprintOf(request), Number(n));
    if (shard.taken < MAX_LOAD * shard.counts.length) return;
    if (shard.counts.length < mostSlots) shards[index] = grown(shard);
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
    name: 'submission-counts',
    counted: [],
    save() {
      const copies = shards.map(({ taken, ...columns }) => ({
        taken,
        fingerprints: columns.fingerprints.slice(),
        counts: columns.counts.slice(),
      }));
      return partsOf(copies, generation);
    },
    load({ generation: saved, shard: index, slots, counts }) {
      generation = saved;
      let shard = shards[index] ?? createShard(slots);
      while (shard.counts.length < slots) shard = grown(shard);
      shards[index] = shard;
      for (let at = 0; at < counts.length; at += 2) put(shard, counts[at] ?? 0, counts[at + 1] ?? 0);
    },
  };
}

/** Yields the counts in parts. The first part has the generation alone. */
function* partsOf(shards: readonly Shard[], generation: number): Iterable<SavedCounts> {
  yield { generation, shard: 0, slots: INITIAL_SLOTS, counts: [] };
  for (const [shard, { fingerprints, counts }] of shards.entries()) {
    const slots = counts.length;
    let part: number[] = [];
    for (let slot = 0; slot < slots; slot++) {
      const fingerprint = fingerprints[slot] ?? 0;
      if (fingerprint !== 0) part.push(fingerprint, counts[slot] ?? 0);
      if (part.length < 2 * PART_SIZE) continue;
      yield { generation, shard, slots, counts: part };
      part = [];
    }
    if (part.length > 0) yield { generation, shard, slots, counts: part };
  }
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

function put(shard: Shard, fingerprint: number, count: number): void {
  const { fingerprints, counts } = shard;
  const slot = slotOf(shard, fingerprint);
  if (fingerprints[slot] === 0) shard.taken += 1;
  fingerprints[slot] = fingerprint;
  counts[slot] = Math.max(counts[slot] ?? 0, count);
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
