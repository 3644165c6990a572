import type { IncomingMessage } from 'node:http';

export type ReadBody =
  | { readonly type: 'read'; readonly text: string }
  | { readonly type: 'too-large' }
  /** The sender went away. */
  | { readonly type: 'aborted' };

/** The largest body that is read: 1 MiB. */
export const BODY_LIMIT = 1024 * 1024;

/** Reads a body by hand: the journal needs its bytes, so no middleware may swallow them. */
export function readBody(request: IncomingMessage & { body?: unknown }): Promise<ReadBody> {
  // Mounted behind a body parser, the bytes are gone and this is what is left of them.
  if (request.readableEnded) return Promise.resolve({ type: 'read', text: parsedElsewhere(request.body) });
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= BODY_LIMIT) chunks.push(chunk);
      else resolve({ type: 'too-large' });
    });
    request.on('end', () => resolve({ type: 'read', text: Buffer.concat(chunks).toString('utf8') }));
    request.on('error', () => resolve({ type: 'aborted' }));
    request.on('close', () => resolve({ type: 'aborted' }));
  });
}

function parsedElsewhere(body: unknown): string {
  if (typeof body === 'string') return body;
  if (Buffer.isBuffer(body)) return body.toString('utf8');
  return body === undefined ? '' : JSON.stringify(body);
}
