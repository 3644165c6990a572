/**
 * Chunks below this size are joined once there are enough of them, because each chunk has an overhead of some hundred
 * bytes.
 */
const SMALL = 1024;
const JOINED_AT = 256;

/** Memory that a chunk needs in addition to its bytes. */
const CHUNK_OVERHEAD = 256;

/** Collects the chunks of a body, even if they contain a single byte each. */
export interface BodyPieces {
  /**
   * Adds a chunk.
   * @returns the bytes of memory it needs
   */
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
