import { expect, it } from 'vitest';
import type { OutgoingCallback } from '../delivery/post-callback.ts';
import { createSampleTasks } from '../delivery/testing/sample-tasks.ts';
import type { Pack } from '../packs/pack.ts';
import type { Endpoint } from './endpoint-fold.ts';
import { createPing } from './ping.ts';

const { pack: ofVendor, clock, journal } = createSampleTasks();
const pack = {
  ...ofVendor,
  delivery: ofVendor.delivery,
  signer: null,
  webhooks: { urlOf: () => 'http://e.test', secretPrefix: null },
} as unknown as Pack;

it('sends one message and records its result, and nothing after an interruption', async () => {
  const sent: (readonly [string, OutgoingCallback | null])[] = [];
  let isStopped = false;
  const courier = {
    async post(url: string, prepare: () => OutgoingCallback | null | Promise<OutgoingCallback | null>) {
      if (isStopped) return null;
      sent.push([url, await prepare()]);
      return {
        outcome: 'timeout',
        status: null,
        firstByteMs: null,
        durationMs: 5,
        answer: '',
        detail: '',
      } as const;
    },
  };
  const ping = createPing({ courier, clock, journal, settings: { secret: null, seed: '7', version: '1' } });
  const endpoint = { id: 'e1', body: {}, rotation: 0 } as unknown as Endpoint;
  await ping(pack, endpoint, '{}');
  isStopped = true;
  await ping(pack, endpoint, '{}');
  expect(sent).toMatchObject([['http://e.test', { body: '{}', ackTimeoutMs: pack.delivery.ackTimeoutMs }]]);
  expect(journal.entries({ type: 'endpoint.pinged' })).toMatchObject([
    { endpointId: 'e1', url: 'http://e.test', outcome: 'timeout', status: null },
  ]);
});
