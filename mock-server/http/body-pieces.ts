/** Chunks below this size are joined now and then: each of them needs some hundred bytes of its own. */
const SMALL = 1024;
const JOINED_AT = 256;

/** What every chunk needs in memory besides its bytes. */
const CHUNK_OVERHEAD = 256;

/** Collects the chunks of a body, also one that is sent byte by byte. */
export interface BodyPieces {
  /** @returns how many bytes of memory it needs */
  add(chunk: Buffer): number;
  join(): Buffer;
}

export function createBodyPieces(): BodyPieces {
  const pieces: Buffer[] = [];
  let small: Buffer[] = [];

  function flush(): void {
    if (small.length === 0) return;
    pieces.push(Buffer.concat(small));
    small = [];
  }

  return {
    add(chunk) {
      if (chunk.length >= SMALL) {
        flush();
        pieces.push(chunk);
        return chunk.length + CHUNK_OVERHEAD;
      }
      small.push(chunk);
      if (small.length < JOINED_AT) return chunk.length;
      flush();
      return chunk.length + CHUNK_OVERHEAD;
    },
    join() {
      flush();
      const [only, ...more] = pieces;
      return only !== undefined && more.length === 0 ? only : Buffer.concat(pieces);
    },
  };
}
