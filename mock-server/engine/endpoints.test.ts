import { describe, expect, it } from 'vitest';
import type { Account } from '../core/types.ts';
import { createJournal } from '../journal/journal.ts';
import type { Webhooks } from '../packs/webhooks.ts';
import { createEndpointFold } from './endpoint-fold.ts';
import { createEndpoints, MOST_OF_ACCOUNT, viewEndpoint } from './endpoints.ts';

const ME = 'key-1' as Account;
const ACME = { name: 'acme' };
const WEBHOOKS: Webhooks = {
  urlOf: ({ url }) => url,
  eventsOf: null,
  idForm: 'hex32',
  secretPrefix: 'whsec_',
  statusOf: ({ state }) => state,
  words: { enabled: 'on', disabled: 'off', failing: 'failing' },
  disableAfter: 1,
  ping: null,
};

function create(seed = '7', webhooks = WEBHOOKS) {
  const journal = createJournal({ now: () => 1000, wallNow: () => 5, keep: 5000, file: null });
  const fold = createEndpointFold((body) => body);
  journal.addFold(fold);
  const endpoints = createEndpoints({ packs: new Map([['acme', { webhooks }]]), journal, fold, seed });
  const add = (account = ME) => {
    const endpoint = endpoints.create(ACME, webhooks, account, { url: 'http://a.test' });
    if (endpoint === null) throw new Error('too many endpoints');
    return endpoint;
  };
  const abandon = (endpoint: string) =>
    journal.append({
      ...{ type: 'delivery.settled', taskId: 't' as never, deliveryId: 'd1' as never, event: 'e' },
      ...{ status: 'abandoned', attempts: 1, endpoint },
    });
  return { endpoints, add, abandon };
}

describe('the endpoints of an account', () => {
  it('have ids that differ, and are the same in every run with one seed', () => {
    const { add } = create();
    const ids = [add().id, add().id];
    const again = create();
    expect([again.add().id, again.add().id]).toEqual(ids);
    expect(new Set([...ids, create('8').add().id]).size).toBe(3);
  });

  it('are found by their own account only', () => {
    const { endpoints, add } = create();
    const { id } = add();
    expect(endpoints.find(ACME, ME, id)?.id).toBe(id);
    expect(endpoints.find(ACME, 'key-2' as Account, id)).toBeUndefined();
    expect(endpoints.find({ name: 'other' }, ME, id)).toBeUndefined();
  });

  it('are limited in number', () => {
    const { endpoints, add } = create();
    for (let n = 0; n < MOST_OF_ACCOUNT; n++) add();
    expect(endpoints.create(ACME, WEBHOOKS, ME, {})).toBeNull();
    expect(add('key-2' as Account).account).toBe('key-2');
  });

  it('are updated field by field, with the status in the words of the vendor', () => {
    const { endpoints, add } = create();
    const updated = endpoints.update(add(), WEBHOOKS, { state: 'off', note: 'x' });
    expect(updated).toMatchObject({ status: 'disabled', body: { url: 'http://a.test', note: 'x' } });
    expect(endpoints.update(updated, WEBHOOKS, { state: 'unknown' }).status).toBe('disabled');
    expect(endpoints.update(updated, WEBHOOKS, { state: 'on' }).status).toBe('enabled');
  });

  it('have a secret that only a rotation changes, if the vendor gives one', () => {
    const { endpoints, add } = create();
    const endpoint = add();
    const { secret } = viewEndpoint(endpoint, WEBHOOKS);
    expect(secret).toMatch(/^whsec_[0-9a-f]{32}$/);
    expect(endpoints.secretOf(endpoint.id)).toBe(secret);
    expect(viewEndpoint(endpoints.rotate(endpoint), WEBHOOKS).secret).not.toBe(secret);
    expect(viewEndpoint(endpoint, { ...WEBHOOKS, secretPrefix: null }).secret).toBeNull();
  });

  it('are disabled at the limit of the vendor, and never without one', () => {
    for (const [disableAfter, status] of [
      [1, 'failing'],
      [2, 'enabled'],
      [null, 'enabled'],
    ] as const) {
      const { endpoints, add, abandon } = create('7', { ...WEBHOOKS, disableAfter });
      const { id } = add();
      abandon(id);
      endpoints.disableFailing();
      expect(endpoints.get(id)?.status).toBe(status);
    }
  });
});
