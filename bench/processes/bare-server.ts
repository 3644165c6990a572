import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { processorMs } from './processor-time.ts';
import { serveCalls } from './serve-calls.ts';

/** Sends the same answer to every request, without any other work. */
function serve({ contentType, body }: { contentType: string; body: string }): Promise<string> {
  const length = Buffer.byteLength(body);
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': contentType, 'content-length': length });
    response.end(body);
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    });
  });
}

const calls = { serve, processorMs };
export type BareServer = typeof calls;
serveCalls(calls);
