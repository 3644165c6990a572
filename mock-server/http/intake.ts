/** A body that is being received. */
export interface Receiving {
  add(bytes: number): void;
  /** Ends the accounting for this body: it has arrived, was refused, or its sender has disconnected. */
  close(): void;
}

/** Limits the total size of all bodies that are being received at the same time. */
export interface Intake {
  /**
   * Registers a body.
   * @param refuse called at most once, when this body must make room for others
   */
  open(refuse: () => void): Receiving;
  /** Bytes that are held at present. */
  readonly used: number;
}

interface Held {
  bytes: number;
  readonly refuse: () => void;
}

/**
 * Creates an intake. When the limit is exceeded, the bodies that have waited longest for more bytes are refused, so
 * that stalled senders cannot block active ones. A single body is always received, because its pack limits its size.
 * @param limit in bytes
 */
export function createIntake(limit: number): Intake {
  /** Ordered by the time of their latest bytes, oldest first. */
  const open = new Set<Held>();
  let used = 0;

  function close(held: Held): void {
    if (open.delete(held)) used -= held.bytes;
  }

  function makeRoom(): void {
    for (const stalest of open) {
      if (used <= limit || open.size === 1) return;
      close(stalest);
      stalest.refuse();
    }
  }

  return {
    get used() {
      return used;
    },
    open(refuse) {
      const held: Held = { bytes: 0, refuse };
      open.add(held);
      return {
        add(bytes) {
          if (!open.delete(held)) return;
          open.add(held);
          held.bytes += bytes;
          used += bytes;
          if (used > limit) makeRoom();
        },
        close: () => close(held),
      };
    },
  };
}
