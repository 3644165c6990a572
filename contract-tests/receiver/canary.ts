import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Canary } from './receiver-case.ts';

/**
 * A host that nobody should ask: it counts who does. It has another name than the mock's, `localhost`, so that a
 * receiver with a list of the hosts it trusts can tell the two apart.
 */
export async function openCanary(): Promise<Canary & { close(): Promise<void> }> {
  let hits = 0;
  const server = createServer(({ headers }, response) => {
    // By another name somebody is meant who had this port before: receivers try old downloads again.
    if (headers.host?.startsWith('localhost:')) hits += 1;
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
