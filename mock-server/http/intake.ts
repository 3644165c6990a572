/** One body that is being received. */
export interface Receiving {
  add(bytes: number): void;
  /** It has arrived, was refused, or its sender has gone. */
  close(): void;
}

/** Bounds the bytes of all bodies that are being received at the same time, however many senders there are. */
export interface Intake {
  /** @param refuse called at most once, when this body has to make room for others */
  open(refuse: () => void): Receiving;
  /** The bytes that are held at present. */
  readonly used: number;
}

interface Held {
  bytes: number;
  readonly refuse: () => void;
}

/**
 * What exceeds the limit is taken from the body that has waited longest for more bytes: a sender that stalls must not
 * keep out those that send. A single body is always received, because its pack limits it.
 * @param limit in bytes
 */
export function createIntake(limit: number): Intake {
  /** Ordered by the latest bytes, those that have waited longest first. */
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
