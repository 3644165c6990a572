import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

// The minimal server, which shows the cost of starting Node itself.
const server = createServer((_request, response) => response.writeHead(200).end('here'));
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
