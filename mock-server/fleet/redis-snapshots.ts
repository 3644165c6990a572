import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { SavedPart } from '../journal/fold.ts';
import { answerInTime } from './answer-in-time.ts';
import type { FleetSnapshot, SnapshotStore } from './snapshot-store.ts';

export interface RedisSnapshotsOptions {
  readonly connection: Redis;
  readonly prefix: string;
  readonly replica: string;
}

/** How long a replica has to write a snapshot before another one does. */
const CLAIM_MS = 60_000;
/** Number of snapshots that are kept: the newest one may be damaged. */
const KEPT = 2;
/** Size of one piece of a snapshot, in characters: the server does nothing else while it takes one. */
const PIECE = 256 * 1024;

/** The end of a snapshot. Without it, the snapshot is incomplete. */
interface Ending {
  readonly wallAt: number;
  readonly observed: number;
  readonly pieces: number;
  readonly digest: string;
}

export function createRedisSnapshots({ connection, prefix, replica }: RedisSnapshotsOptions): SnapshotStore {
  const index = `${prefix}:snapshots`;
  const lock = `${prefix}:snapshot-writer`;
  const keyOf = (seq: string | number): string => `${prefix}:snapshot:${seq}`;

  /** Removes the snapshots beyond the newest ones. */
  async function removeOld(): Promise<readonly string[]> {
    const old = await answerInTime(connection.zrange(index, 0, -(KEPT + 1)));
    if (old.length > 0) {
      await answerInTime(connection.unlink(...old.map(keyOf)));
      await answerInTime(connection.zrem(index, ...old));
    }
    return answerInTime(connection.zrange(index, 0, -1));
  }

  async function read(seq: string): Promise<FleetSnapshot | null> {
    const key = keyOf(seq);
    const ending = parseEnding(await answerInTime(connection.lindex(key, -1)));
    if (ending === null) return null;
    const digest = createHash('sha256');
    const parts: SavedPart[] = [];
    for (let i = 0; i < ending.pieces; i++) {
      const piece = (await answerInTime(connection.lindex(key, i))) ?? '[]';
      digest.update(piece);
      for (const part of JSON.parse(piece) as SavedPart[]) parts.push(part);
    }
    if (digest.digest('hex') !== ending.digest) return null;
    return { seq: Number(seq), wallAt: ending.wallAt, observed: ending.observed, parts };
  }

  return {
    claim: async () => (await answerInTime(connection.set(lock, replica, 'PX', CLAIM_MS, 'NX'))) === 'OK',
    async save({ seq, wallAt, observed, parts }) {
      const key = keyOf(seq);
      const digest = createHash('sha256');
      let pieces = 0;
      await answerInTime(connection.unlink(key));
      for (const piece of piecesOf(parts)) {
        digest.update(piece);
        pieces += 1;
        await answerInTime(connection.rpush(key, piece));
      }
      const ending: Ending = { wallAt, observed, pieces, digest: digest.digest('hex') };
      await answerInTime(connection.rpush(key, JSON.stringify(ending)));
      await answerInTime(connection.zadd(index, seq, String(seq)));
      const kept = await removeOld();
      await answerInTime(connection.del(lock));
      return kept.length < KEPT ? 0 : Number(kept[0]);
    },
    async latest() {
      for (const seq of await answerInTime(connection.zrevrange(index, 0, -1))) {
        const found = await read(seq);
        if (found !== null) return found;
      }
      return null;
    },
  };
}

/** Yields the parts as JSON arrays of about one size. */
function* piecesOf(parts: Iterable<SavedPart>): Generator<string> {
  let texts: string[] = [];
  let length = 0;
  for (const part of parts) {
    const text = JSON.stringify(part);
    texts.push(text);
    length += text.length;
    if (length < PIECE) continue;
    yield `[${texts.join(',')}]`;
    texts = [];
    length = 0;
  }
  if (texts.length > 0) yield `[${texts.join(',')}]`;
}

function parseEnding(text: string | null): Ending | null {
  if (text === null || !text.startsWith('{')) return null;
  return JSON.parse(text) as Ending;
}
