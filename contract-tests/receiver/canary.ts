import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Canary } from './receiver-case.ts';

/**
 * Opens a host that must not receive requests, and counts the requests to it. Its name, `localhost`, differs from that
 * of the mock, so a receiver with an allow list can distinguish the two.
 * @param onHit called with each request, such as `GET http://localhost:4010/internal.mp4`
 */
export async function openCanary(
  onHit: (request: string) => void,
): Promise<Canary & { close(): Promise<void> }> {
  let hits = 0;
  const server = createServer(({ headers, method, url }, response) => {
    // Requests with another Host are retried downloads from a previous owner of this port.
    if (headers.host?.startsWith('localhost:')) {
      hits += 1;
      onHit(`${method} http://${headers.host}${url}`);
    }
    response.writeHead(200, { 'content-type': 'video/mp4' }).end('not a video');
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    hits: () => hits,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
