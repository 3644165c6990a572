import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

// The least that a server can be: what starting Node itself costs.
const server = createServer((_request, response) => response.writeHead(200).end('here'));
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
