import type { IncomingHttpHeaders } from 'node:http';
import { validateWebhook } from 'replicate';
import { Webhook } from 'standardwebhooks';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type CheckingReceiver,
  openCheckingReceiver,
} from '../../fixtures/receivers/open-checking-receiver.ts';
import { judgeReceiver } from './judge-receiver.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

let receiver: CheckingReceiver;
afterEach(() => receiver.close());

type Check = (body: string, headers: IncomingHttpHeaders) => boolean | Promise<boolean>;

const genuine = (body: string, headers: IncomingHttpHeaders): boolean => {
  try {
    new Webhook(SECRET).verify(body, headers as Record<string, string>);
    return true;
  } catch {
    return false;
  }
};

/** Runs a receiver with this signature check, and returns the ids and statuses of the cases that did not pass. */
async function failedBy(check: Check): Promise<string[]> {
  receiver = await openCheckingReceiver(check);
  const { url } = receiver;
  const asked = { event: 'replicate.prediction', secret: SECRET, ackTimeout: '1s', only: ABOUT_SIGNATURES };
  const { cases } = await judgeReceiver({ url, ...asked });
  expect(cases.map(({ id }) => id)).toEqual(ABOUT_SIGNATURES);
  return cases.filter(({ status }) => status !== 'passed').map(({ id, status }) => `${id} ${status}`);
}

const ABOUT_SIGNATURES = [1, 5, 6, 7, 8, 9].map((n) => `RCV-SEC-0${n}`);

describe('a receiver of signatures that cover the body', () => {
  it('passes when it uses the reference implementation', async () => {
    expect(await failedBy(genuine)).toEqual([]);
  });

  const mistakes: Readonly<Record<string, { readonly check: Check; readonly ids: readonly string[] }>> = {
    'verifies a body that was parsed and serialized again': {
      check: (body, headers) => genuine(JSON.stringify(JSON.parse(body)), headers),
      ids: ['RCV-SEC-05'],
    },
    'accepts either order of keys': {
      check: (body, headers) => genuine(body, headers) || genuine(compact(body), headers),
      ids: ['RCV-SEC-05'],
    },
    'reads only the first of several signatures': {
      check(body, headers) {
        const first = String(headers['webhook-signature']).split(' ')[0];
        return genuine(body, { ...headers, 'webhook-signature': first });
      },
      ids: ['RCV-SEC-09'],
    },
    'does not reject old timestamps': {
      check: (body, headers) => secondsAgo(headers) > 600 || genuine(body, headers),
      ids: ['RCV-SEC-01'],
    },
    'does not reject future timestamps': {
      check: (body, headers) => secondsAgo(headers) < -600 || genuine(body, headers),
      ids: ['RCV-SEC-06'],
    },
    'verifies a signature only if there is one': {
      check: (body, headers) => headers['webhook-signature'] === undefined || genuine(body, headers),
      ids: ['RCV-SEC-01'],
    },
    'uses the package of the vendor, which does not check timestamps': {
      check: (body, headers) => bySdk(body, headers),
      ids: ['RCV-SEC-01', 'RCV-SEC-06'],
    },
    'uses the package of the vendor with a parsed body': {
      check: async (body, headers) =>
        Math.abs(secondsAgo(headers)) < 600 && (await bySdk(JSON.parse(body), headers)),
      ids: ['RCV-SEC-05'],
    },
    'does not verify signatures': {
      check: () => true,
      ids: ['RCV-SEC-01', 'RCV-SEC-05', 'RCV-SEC-06', 'RCV-SEC-07', 'RCV-SEC-08'],
    },
  };
  it.each(Object.entries(mistakes))('fails when it %s', async (_title, { check, ids }) => {
    expect(await failedBy(check)).toEqual(ids.map((id) => `${id} failed`));
  });

  it('is not observable when it rejects every callback', async () => {
    expect(await failedBy(() => false)).toEqual(ABOUT_SIGNATURES.map((id) => `${id} not-observable`));
  });
});

async function bySdk(body: unknown, headers: IncomingHttpHeaders): Promise<boolean> {
  const header = (name: string): string => String(headers[name] ?? '');
  try {
    return await validateWebhook({
      id: header('webhook-id'),
      timestamp: header('webhook-timestamp'),
      signature: header('webhook-signature'),
      body: typeof body === 'string' ? body : JSON.stringify(body),
      secret: SECRET,
    });
  } catch {
    return false;
  }
}

function secondsAgo(headers: IncomingHttpHeaders): number {
  return Math.floor(Date.now() / 1000) - Number(headers['webhook-timestamp']);
}

/** Restores the signed order of keys and removes whitespace. */
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
