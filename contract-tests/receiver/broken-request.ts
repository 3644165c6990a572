import type { OpenRequest } from './guarded-request.ts';
import type { Message } from './receiver-case.ts';

/**
 * Sends the whole of a callback, and is gone at the given moment: as soon as it is sent, or when the answer begins to
 * come. Whoever looks at the connection sees that it broke; the callback has arrived all the same.
 */
export function brokenRequest(
  open: OpenRequest,
  url: string,
  { headers, text }: Message,
  { after, timeoutMs }: { readonly after: 'request' | 'answer'; readonly timeoutMs: number },
): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      outgoing.destroy();
      resolve();
    };
    const timer = setTimeout(end, timeoutMs);
    const body = Buffer.from(text);
    const outgoing = open(url, {
      method: 'POST',
      headers: { ...headers, 'content-length': body.length },
    });
    outgoing.on('error', end);
    outgoing.on('response', end);
    if (after === 'request') outgoing.on('finish', end);
    outgoing.end(body);
  });
}
