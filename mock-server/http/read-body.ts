import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';

export type ReadBody =
  | {
      readonly type: 'read';
      readonly text: string;
      /** Whether the bytes were UTF-8 from end to end; where they were not, the text has U+FFFD. */
      readonly utf8: boolean;
      /** Whether somebody in front of us read it, and undid its encodings. */
      readonly elsewhere: boolean;
    }
  | { readonly type: 'too-large' }
  /** The sender went away. */
  | { readonly type: 'aborted' };

/** The largest body that is read where nothing else is said: 1 MiB. */
export const BODY_LIMIT = 1024 * 1024;

type Sender = IncomingMessage & { readonly body?: unknown };

/** Reads a body by hand: the journal needs its bytes, so no middleware may swallow them. */
export function readBody(request: Sender, limit = BODY_LIMIT): Promise<ReadBody> {
  // Mounted behind a body parser, the bytes are gone and this is what is left of them.
  if (request.readableEnded) return Promise.resolve(parsedElsewhere(request.body, limit));
  return new Promise((resolve) => {
    let chunks: Buffer[] = [];
    let size = 0;
    const refuse = (): void => {
      chunks = [];
      resolve({ type: 'too-large' });
    };
    // What follows a refusal is read on and dropped: the sender may not look for an answer before it has sent all.
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) refuse();
      else chunks.push(chunk);
    });
    request.on('end', () => resolve(decode(joined(chunks), false)));
    request.on('error', () => resolve({ type: 'aborted' }));
    request.on('close', () => resolve({ type: 'aborted' }));
    // Who says beforehand that it is too much need not send it first.
    if (Number(request.headers['content-length']) > limit) refuse();
  });
}

function joined(chunks: readonly Buffer[]): Buffer {
  const [only, ...more] = chunks;
  return only !== undefined && more.length === 0 ? only : Buffer.concat(chunks);
}

function decode(bytes: Buffer, elsewhere: boolean): ReadBody {
  return { type: 'read', text: bytes.toString('utf8'), utf8: isUtf8(bytes), elsewhere };
}

function parsedElsewhere(body: unknown, limit: number): ReadBody {
  if (Buffer.isBuffer(body)) return withinLimit(body, limit);
  if (typeof body === 'string') return withinLimit(Buffer.from(body), limit);
  return withinLimit(Buffer.from(body === undefined ? '' : JSON.stringify(body)), limit);
}

function withinLimit(bytes: Buffer, limit: number): ReadBody {
  return bytes.length > limit ? { type: 'too-large' } : decode(bytes, true);
}
