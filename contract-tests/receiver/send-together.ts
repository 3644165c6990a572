import type { ClientRequest, RequestOptions } from 'node:http';
import type { AttemptResult } from '../../mock-server/index.ts';
import { sayDuration } from '../reporters/wording.ts';
import type { OpenRequest } from './guarded-request.ts';
import type { Message } from './message.ts';

/** Results of concurrent copies of a callback. */
export interface Together {
  readonly attempts: readonly AttemptResult[];
  /** Time between the release of the first and the last copy in milliseconds. */
  readonly spreadMs: number;
}

interface Copies {
  readonly copies: number;
  readonly timeoutMs: number;
  /** Whether an answer acknowledges the callback. */
  readonly isAck: (status: number, answer: string) => boolean;
}

/** Time for the receiver to accept the connections and to read the incomplete copies. */
const WARM_UP_MS = 30;

/**
 * Sends several copies of a callback concurrently: each separate connection is open and has sent all but the last byte
 * before the last bytes are released together.
 */
export async function sendTogether(
  open: OpenRequest,
  url: string,
  message: Message,
  { copies, ...rules }: Copies,
): Promise<Together> {
  const body = Buffer.from(message.text);
  const sent = Array.from({ length: copies }, () => openCopy(open(url, copyOf(message, body)), body, rules));
  await Promise.all(sent.map(({ ready }) => ready));
  await new Promise((resolve) => setTimeout(resolve, WARM_UP_MS));
  const firstAtMs = performance.now();
  for (const { release } of sent) release();
  const spreadMs = performance.now() - firstAtMs;
  return { attempts: await Promise.all(sent.map(({ attempt }) => attempt)), spreadMs };
}

interface Copy {
  /** Resolves when all but the last byte has been passed to the operating system, or the connection failed. */
  readonly ready: Promise<void>;
  readonly attempt: Promise<AttemptResult>;
  release(): void;
}

function copyOf({ headers }: Message, body: Buffer): RequestOptions {
  return { method: 'POST', headers: { ...headers, 'content-length': body.length } };
}

function openCopy(outgoing: ClientRequest, body: Buffer, { timeoutMs, isAck }: Omit<Copies, 'copies'>): Copy {
  outgoing.setNoDelay(true);
  let releasedAtMs = performance.now();
  let onRelease: () => void = () => undefined;
  const attempt = new Promise<AttemptResult>((resolve) => {
    const end = (part: Pick<AttemptResult, 'outcome' | 'status' | 'detail'> & { answer?: string }): void => {
      clearTimeout(timer);
      outgoing.destroy();
      resolve({ answer: '', firstByteMs: null, durationMs: performance.now() - releasedAtMs, ...part });
    };
    const expire = (): void =>
      end({ outcome: 'timeout', status: null, detail: `no answer within ${sayDuration(timeoutMs)}` });
    // Connecting may take as long as an answer; the ack timeout starts with the last byte.
    let timer = setTimeout(expire, timeoutMs + WARM_UP_MS);
    onRelease = () => {
      clearTimeout(timer);
      timer = setTimeout(expire, timeoutMs);
    };
    outgoing.on('error', (error) => end({ outcome: 'reset', status: null, detail: error.message }));
    outgoing.on('response', (response) => {
      const status = response.statusCode ?? 0;
      let answer = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        if (answer.length < 2048) answer += piece;
      });
      response.on('end', () =>
        end({ outcome: isAck(status, answer) ? 'acknowledged' : 'rejected', status, detail: null, answer }),
      );
    });
  });
  const ready = new Promise<void>((resolve) => {
    outgoing.on('error', () => resolve());
    outgoing.write(body.subarray(0, -1), () => resolve());
  });
  return {
    ready,
    attempt,
    release() {
      releasedAtMs = performance.now();
      onRelease();
      outgoing.end(body.subarray(-1));
    },
  };
}
