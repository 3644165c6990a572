import type { AttemptResult } from '../../mock-server/index.ts';
import { sayDuration } from '../reporters/wording.ts';
import type { OpenRequest } from './guarded-request.ts';

interface PlainRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly timeoutMs: number;
}

/** Sends a request other than a callback to the URL of the user, and resolves with its answer or failure. */
export function plainRequest(
  open: OpenRequest,
  url: string,
  { method, headers, body, timeoutMs }: PlainRequest,
): Promise<AttemptResult> {
  const startedAt = performance.now();
  return new Promise((resolve) => {
    const end = (part: Pick<AttemptResult, 'outcome' | 'status' | 'detail'>): void => {
      clearTimeout(timer);
      outgoing.destroy();
      resolve({ ...part, firstByteMs: null, durationMs: performance.now() - startedAt, answer: '' });
    };
    const timer = setTimeout(
      () => end({ outcome: 'timeout', status: null, detail: `no answer within ${sayDuration(timeoutMs)}` }),
      timeoutMs,
    );
    const outgoing = open(url, { method, headers });
    outgoing.on('response', (response) => {
      const status = response.statusCode ?? 0;
      response.resume();
      response.on('end', () =>
        end({ outcome: status < 300 ? 'acknowledged' : 'rejected', status, detail: null }),
      );
    });
    outgoing.on('error', (error) => end({ outcome: 'reset', status: null, detail: error.message }));
    outgoing.end(body);
  });
}
