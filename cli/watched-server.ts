import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server on a free loopback port that reports its current traffic. */
export interface WatchedServer {
  readonly url: string;
  /** Sets the listener that answers subsequent requests. */
  attach(listener: RequestListener): void;
  /** Returns the requests whose path contains `part`: how many are in flight, how many there were, and the bytes sent. */
  traffic(part: string): { readonly inFlight: number; readonly requests: number; readonly bytes: number };
  close(): Promise<void>;
}

interface Exchange {
  readonly url: string;
  readonly sent: () => number;
  isOver: boolean;
}

export async function openWatchedServer(): Promise<WatchedServer> {
  let listener: RequestListener = (_request, response) => void response.writeHead(503).end();
  const exchanges: Exchange[] = [];
  const server = createServer((request, response) => {
    const before = request.socket.bytesWritten;
    let total: number | null = null;
    const exchange: Exchange = {
      url: request.url ?? '',
      sent: () => total ?? request.socket.bytesWritten - before,
      isOver: false,
    };
    exchanges.push(exchange);
    response.once('close', () => {
      total = request.socket.bytesWritten - before;
      exchange.isOver = true;
    });
    listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    attach(own) {
      listener = own;
    },
    traffic(part) {
      const own = exchanges.filter(({ url }) => url.includes(part));
      return {
        inFlight: own.filter(({ isOver }) => !isOver).length,
        requests: own.length,
        bytes: own.reduce((sum, { sent }) => sum + sent(), 0),
      };
    },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
