import type { JournalRecord } from './journal-record.ts';

/** How many equal requests came before, so that each gets a seed of its own, and with it an id of its own. */
export interface SubmissionCounts {
  /**
   * The seed of the next task that this request makes. Nothing changes before its entry is applied.
   * @param request a digest in hexadecimal digits
   * @param passed how many seeds turned out to be taken, by tasks of which the counts do not know
   */
  next(request: string, passed: number): string;
  /** Counts are folded from the journal, so that a restart continues them. */
  apply(record: JournalRecord): void;
}

const SHARDS = 16;
const FIRST_SLOTS = 64;
/** All shards together: 16 MB. */
const MOST_SLOTS = (2 * 1024 * 1024) / SHARDS;
const FULLEST = 0.75;

/**
 * Digests by their fingerprints, each with a count: 8 bytes a slot, in shards, so that no growth takes long. Two
 * requests with one fingerprint share a count, which costs them a number and never an id. When the table is full,
 * it starts over with a new generation, and the generation is part of the seed.
 * @param mostSlots per shard, a power of two
 */
export function createSubmissionCounts(mostSlots = MOST_SLOTS): SubmissionCounts {
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
    const shard = shards[index] ?? createShard(FIRST_SLOTS);
    const { counts, fingerprints } = shard;
    const slot = slotOf(shard, fingerprintOf(request));
    if (fingerprints[slot] === 0) shard.taken += 1;
    fingerprints[slot] = fingerprintOf(request);
    counts[slot] = Math.max(counts[slot] ?? 0, Number(n));
    if (shard.taken < FULLEST * counts.length) return;
    if (counts.length < mostSlots) shards[index] = grown(shard);
    else startOver(generation + 1);
  }

  return {
    next(request, passed) {
      const shard = shards[shardOf(request)];
      const count = shard === undefined ? 0 : (shard.counts[slotOf(shard, fingerprintOf(request))] ?? 0);
      const n = count + 1 + passed;
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
  /** 0 where a slot is free. */
  readonly fingerprints: Uint32Array;
  readonly counts: Uint32Array;
  taken: number;
}

function emptyShards(): Shard[] {
  return Array.from({ length: SHARDS }, () => createShard(FIRST_SLOTS));
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

/** The slot of a fingerprint, or the free one where it belongs. */
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
