import type { Socket } from 'node:net';

/** Skips the interim responses of one connection. */
export interface InterimAnswers {
  /** Must be called before each request, because interim responses may precede its response. */
  expect(): void;
}

/** The error of an unsolicited 101 response, which switches the connection away from HTTP. */
export class UnaskedUpgradeError extends Error {
  readonly code = 'ERR_UNASKED_UPGRADE';
  constructor() {
    super('the receiver switched protocols, which the callback did not ask for');
    this.name = 'UnaskedUpgradeError';
  }
}

const DIGIT_ONE = 0x31;
/** The offset of the status in `HTTP/1.1 103`. */
const STATUS_AT = 9;
const STATUS_END = 12;
const HEAD_END = '\r\n\r\n';
/** Longer response heads are left to the HTTP client, which has its own limit. */
const LONGEST_HEAD = 16 * 1024;

/**
 * Hides interim responses from undici. A receiver may send any number of 1xx responses before the final one (RFC 9110,
 * 15.2), but undici closes the connection on a 100 and has no option to change that.
 */
export function skipInterimAnswers(socket: Socket): InterimAnswers {
  const read: (size?: number) => Buffer | null = socket.read.bind(socket);
  let isExpecting = false;
  let held: Buffer | null = null;

  /** Returns the bytes after interim responses; null when all of them are interim, or incomplete. */
  function afterInterim(bytes: Buffer): Buffer | null {
    let rest = bytes;
    for (let head = headOf(rest); head.type !== 'final'; head = headOf(rest)) {
      if (head.type === 'upgrade') socket.destroy(new UnaskedUpgradeError());
      if (head.type === 'unfinished') held = rest;
      if (head.type !== 'interim') return null;
      rest = rest.subarray(head.end);
    }
    isExpecting = false;
    return rest;
  }

  socket.read = (size?: number) => {
    for (;;) {
      const chunk = read(size);
      if (chunk === null || !isExpecting) return chunk;
      const bytes = held === null ? chunk : Buffer.concat([held, chunk]);
      held = null;
      const rest = afterInterim(bytes);
      if (rest !== null) return rest;
    }
  };

  return {
    expect() {
      isExpecting = true;
      held = null;
    },
  };
}

type Head =
  | { readonly type: 'interim'; readonly end: number }
  /** Any response that does not start like an interim one, or is too long; the HTTP client handles it. */
  | { readonly type: 'final' | 'unfinished' | 'upgrade' };

function headOf(bytes: Buffer): Head {
  if (bytes.length > STATUS_AT && bytes[STATUS_AT] !== DIGIT_ONE) return { type: 'final' };
  const end = bytes.indexOf(HEAD_END);
  if (end < 0) return { type: bytes.length < LONGEST_HEAD ? 'unfinished' : 'final' };
  if (end < STATUS_END) return { type: 'final' };
  if (bytes.toString('latin1', STATUS_AT, STATUS_END) === '101') return { type: 'upgrade' };
  return { type: 'interim', end: end + HEAD_END.length };
}
