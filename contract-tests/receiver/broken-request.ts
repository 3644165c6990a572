import type { OpenRequest } from './guarded-request.ts';
import type { Message } from './message.ts';

/**
 * Sends a complete callback and then disconnects, either after sending the request or when the answer starts. The
 * receiver gets the whole callback although its connection breaks.
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
