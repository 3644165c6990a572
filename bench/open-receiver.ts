import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A bare receiver of callbacks that answers 200 and counts. */
export interface BareReceiver {
  readonly url: string;
  readonly tally: Tally;
  /** Resolves when that many POSTs have arrived since the previous reset. */
  reached(posts: number): Promise<void>;
  reset(): void;
  close(): Promise<void>;
}

export interface Tally {
  readonly posts: number;
  readonly bytes: number;
}

/** A query that makes the receiver answer 500 to the first POST of exactly this URL. */
export const FAILS_ONCE = 'fails-once=';

export async function openReceiver(): Promise<BareReceiver> {
  let posts = 0;
  let bytes = 0;
  let failed = new Set<string>();
  let awaited: { readonly posts: number; readonly resolve: () => void } | null = null;

  const statusFor = (url: string): number => {
    if (!url.includes(FAILS_ONCE) || failed.has(url)) return 200;
    failed.add(url);
    return 500;
  };
  const server = createServer((request, response) => {
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    request.on('end', () => {
      posts += 1;
      response.writeHead(statusFor(request.url ?? ''), { 'content-length': 0 }).end();
      if (awaited !== null && posts >= awaited.posts) awaited.resolve();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`,
    get tally() {
      return { posts, bytes };
    },
    async reached(count) {
      if (posts >= count) return;
      await new Promise<void>((resolve) => {
        awaited = { posts: count, resolve };
      });
      awaited = null;
    },
    reset() {
      posts = 0;
      bytes = 0;
      failed = new Set();
    },
    close: () => closeServer(server),
  };
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
