import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { type BodyPieces, createBodyPieces } from './body-pieces.ts';
import type { Intake } from './intake.ts';

export type ReadBody =
  | {
      readonly type: 'read';
      readonly text: string;
      /** Whether all bytes were valid UTF-8; invalid ones are U+FFFD in the text. */
      readonly utf8: boolean;
      /** The bytes, if they are asked for. */
      readonly bytes?: Buffer;
      /** Whether a body parser in front of the mock has read the body and undone its encodings. */
      readonly elsewhere: boolean;
    }
  | { readonly type: 'too-large' }
  /** The body was refused to make room for others. */
  | { readonly type: 'no-room' }
  /** The sender disconnected. */
  | { readonly type: 'aborted' };

/** Default limit of a body in bytes: 1 MiB. */
export const BODY_LIMIT = 1024 * 1024;

type PreparsedRequest = IncomingMessage & { readonly body?: unknown };

export interface ReadOptions {
  readonly intake: Intake;
  /** Limit in bytes (default: `BODY_LIMIT`). */
  readonly limit?: number;
  /** Whether the body is not text: the result has its bytes instead. */
  readonly asBytes?: boolean;
}

/** Reads a body without middleware, because the journal needs its bytes. */
export function readBody(
  request: PreparsedRequest,
  { intake, limit = BODY_LIMIT, asBytes = false }: ReadOptions,
): Promise<ReadBody> {
  // Behind a body parser, the bytes are gone and only the parsed value remains.
  if (request.readableEnded) return Promise.resolve(parsedElsewhere(request.body, limit, asBytes));
  return new Promise((resolve) => {
    let pieces: BodyPieces | null = createBodyPieces();
    let size = 0;
    const finish = (body: ReadBody): void => {
      pieces = null;
      receiving.close();
      resolve(body);
    };
    const receiving = intake.open(() => finish({ type: 'no-room' }));
    // Bytes after a refusal are read and dropped, because a sender may not read the answer before it has sent
    // everything.
    request.on('data', (chunk: Buffer) => {
      if (pieces === null) return;
      size += chunk.length;
      if (size > limit) finish({ type: 'too-large' });
      else receiving.add(pieces.add(chunk));
    });
    request.on('end', () => {
      if (pieces !== null) finish(decode(pieces.join(), false, asBytes));
    });
    request.on('error', () => finish({ type: 'aborted' }));
    request.on('close', () => finish({ type: 'aborted' }));
    // A body whose announced length exceeds the limit is refused before it is sent.
    if (Number(request.headers['content-length']) > limit) finish({ type: 'too-large' });
  });
}

/** Error of a body that was refused to make room for others. */
export const NO_ROOM = {
  message: 'too many bodies are being received at the same time',
  remedy: 'Send fewer in parallel, or start the mock with a larger --keep-bytes.',
};

function decode(bytes: Buffer, elsewhere: boolean, asBytes: boolean): ReadBody {
  if (asBytes) return { type: 'read', text: '', utf8: true, elsewhere, bytes };
  return { type: 'read', text: bytes.toString('utf8'), utf8: isUtf8(bytes), elsewhere };
}

function parsedElsewhere(body: unknown, limit: number, asBytes: boolean): ReadBody {
  if (Buffer.isBuffer(body)) return withinLimit(body, limit, asBytes);
  if (typeof body === 'string') return withinLimit(Buffer.from(body), limit, asBytes);
  return withinLimit(Buffer.from(body === undefined ? '' : JSON.stringify(body)), limit, asBytes);
}

function withinLimit(bytes: Buffer, limit: number, asBytes: boolean): ReadBody {
  return bytes.length > limit ? { type: 'too-large' } : decode(bytes, true, asBytes);
}
