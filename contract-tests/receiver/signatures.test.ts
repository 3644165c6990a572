import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { afterEach, describe, expect, it } from 'vitest';
import { judgeReceiver } from './judge-receiver.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

let server: Server;
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

type Check = (body: string, headers: IncomingHttpHeaders) => boolean;

const genuine: Check = (body, headers) => {
  try {
    new Webhook(SECRET).verify(body, headers as Record<string, string>);
    return true;
  } catch {
    return false;
  }
};

/** Takes callbacks that this check lets through, and downloads their output once. */
async function judge(check: Check): Promise<string | undefined> {
  const known = new Set<string>();
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const isGood = check(body, request.headers);
      response.writeHead(isGood ? 200 : 401).end();
      const { id, output } = JSON.parse(body) as { id: string; output: string | null };
      if (!isGood || output === null || known.has(id)) return;
      known.add(id);
      fetch(output).then(
        (media) => media.arrayBuffer(),
        () => undefined,
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const asked = { event: 'replicate.prediction', secret: SECRET, ackTimeout: '1s', only: ['RCV-SEC-01'] };
  const { cases } = await judgeReceiver({ url, ...asked });
  return cases[0]?.status;
}

describe('signatures that cover the body, several in one header', () => {
  it('are found to be checked by the reference implementation', async () => {
    expect(await judge(genuine)).toBe('passed');
  });

  const mistakes: Readonly<Record<string, Check>> = {
    'over a body that was parsed and written again': (body, headers) =>
      genuine(body, headers) || genuine(compact(body), headers),
    'by the first of several alone': (body, headers) => {
      const first = String(headers['webhook-signature']).split(' ')[0];
      return genuine(body, { ...headers, 'webhook-signature': first });
    },
    'without looking at the time': (body, headers) => {
      const now = Math.floor(Date.now() / 1000);
      const isOld = Number(headers['webhook-timestamp']) < now - 600;
      return isOld || genuine(body, headers);
    },
    'not at all': () => true,
  };
  it.each(Object.entries(mistakes))('are found to be checked %s', async (_title, check) => {
    expect(await judge(check)).toBe('failed');
  });
});

/** The keys in the order in which they were signed, without white space. */
function compact(body: string): string {
  const reversed = (value: unknown): unknown =>
    typeof value !== 'object' || value === null || Array.isArray(value)
      ? value
      : Object.fromEntries(
          Object.entries(value)
            .reverse()
            .map(([key, inner]) => [key, reversed(inner)]),
        );
  return JSON.stringify(reversed(JSON.parse(body)));
}
