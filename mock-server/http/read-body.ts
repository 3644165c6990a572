import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { type BodyPieces, createBodyPieces } from './body-pieces.ts';
import type { Intake } from './intake.ts';

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
  /** It had to make room for other bodies. */
  | { readonly type: 'no-room' }
  /** The sender went away. */
  | { readonly type: 'aborted' };

/** The largest body that is read where nothing else is said: 1 MiB. */
export const BODY_LIMIT = 1024 * 1024;

type Sender = IncomingMessage & { readonly body?: unknown };

export interface ReadOptions {
  readonly intake: Intake;
  /** In bytes; `BODY_LIMIT` unless given. */
  readonly limit?: number;
}

/** Reads a body by hand: the journal needs its bytes, so no middleware may swallow them. */
export function readBody(request: Sender, { intake, limit = BODY_LIMIT }: ReadOptions): Promise<ReadBody> {
  // Mounted behind a body parser, the bytes are gone and only the parsed value remains.
  if (request.readableEnded) return Promise.resolve(parsedElsewhere(request.body, limit));
  return new Promise((resolve) => {
    let pieces: BodyPieces | null = createBodyPieces();
    let size = 0;
    const finish = (body: ReadBody): void => {
      pieces = null;
      receiving.close();
      resolve(body);
    };
    const receiving = intake.open(() => finish({ type: 'no-room' }));
    // Bytes after a refusal are read and dropped: the sender may not look for an answer before it has sent everything.
    request.on('data', (chunk: Buffer) => {
      if (pieces === null) return;
      size += chunk.length;
      if (size > limit) finish({ type: 'too-large' });
      else receiving.add(pieces.add(chunk));
    });
    request.on('end', () => {
      if (pieces !== null) finish(decode(pieces.join(), false));
    });
    request.on('error', () => finish({ type: 'aborted' }));
    request.on('close', () => finish({ type: 'aborted' }));
    // A body that announces too many bytes is refused before they are sent.
    if (Number(request.headers['content-length']) > limit) finish({ type: 'too-large' });
  });
}

/** Why a body was refused that had to make room for others. */
export const NO_ROOM = {
  message: 'too many bodies are being received at the same time',
  remedy: 'Send fewer in parallel, or start the mock with a larger --keep-bytes.',
};

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
