import { describe, expect, it } from 'vitest';
import type { Account, JsonObject } from '../core/types.ts';
import type { Pack } from '../packs/pack.ts';
import type { EndpointCommand, UploadCommand } from './commands.ts';
import type { Engine } from './engine.ts';
import { changeEndpoint, storeUpload } from './stored-things.ts';

const ME = 'key-1' as Account;
const pack = { name: 'acme', webhooks: {}, uploads: {} } as unknown as Pack;

function endpointsOf(known: readonly string[], isFull = false) {
  const deeds: unknown[] = [];
  const note = (deed: string, value: unknown) => (of: unknown, _webhooks: unknown, given?: unknown) => {
    deeds.push([deed, given ?? of]);
    return value;
  };
  const endpoints = {
    create: (_pack: unknown, _webhooks: unknown, account: Account, body: JsonObject) => {
      deeds.push(['create', account, body]);
      return isFull ? null : { id: 'new' };
    },
    find: (_pack: unknown, account: Account, id: string) =>
      account === ME && known.includes(id) ? { id } : undefined,
    update: note('update', { id: 'updated' }),
    rotate: note('rotate', { id: 'rotated' }),
    delete: note('delete', undefined),
  } as unknown as Engine['endpoints'];
  const run = (change: Partial<EndpointCommand>) =>
    changeEndpoint({ endpoints }, pack, {
      ...{
        type: 'endpoint',
        action: 'update',
        pack: 'acme',
        account: ME,
        endpointId: 'e1',
        body: { url: 'x' },
      },
      ...change,
    });
  return { run, deeds };
}

describe('a change of an endpoint', () => {
  it('has the endpoint after it as its result, or the one that was deleted', () => {
    const { run, deeds } = endpointsOf(['e1']);
    const ids = (['create', 'update', 'rotate', 'delete'] as const).map((action) => {
      const outcome = run({ action });
      return outcome.type === 'done' ? outcome.endpoint.id : outcome.type;
    });
    expect(ids).toEqual(['new', 'updated', 'rotated', 'e1']);
    expect(deeds).toEqual([
      ['create', ME, { url: 'x' }],
      ['update', { url: 'x' }],
      ['rotate', { id: 'e1' }],
      ['delete', { id: 'e1' }],
    ]);
  });

  it('changes nothing for an unknown endpoint, or that of another account', () => {
    const { run, deeds } = endpointsOf(['e1']);
    expect(run({ endpointId: 'e2' })).toEqual({ type: 'unknown' });
    expect(run({ account: 'key-2' as Account })).toEqual({ type: 'unknown' });
    expect(deeds).toEqual([]);
  });

  it('reports that an account has too many', () => {
    expect(endpointsOf([], true).run({ action: 'create' })).toEqual({ type: 'full' });
  });
});

function uploadsOf(limit: number) {
  const stored: unknown[] = [];
  const uploads = {
    find: (_pack: unknown, account: Account | null, id: string) =>
      id === 'u1' && (account === null || account === ME) ? { id } : undefined,
    store: (given: { content: { bytes: Buffer }; announced: { id: string } | null }) => {
      stored.push([given.content.bytes.toString(), given.announced?.id ?? null]);
      return given.content.bytes.length > limit ? null : { id: given.announced?.id ?? 'new' };
    },
  } as unknown as Engine['uploads'];
  const run = (change: Partial<UploadCommand>) =>
    storeUpload({ uploads }, pack, {
      ...{ type: 'upload', pack: 'acme', account: ME, uploadId: null, isPublic: false },
      content: { type: 'base64', text: 'Y2F0', name: 'a', contentType: 'text/plain' },
      ...change,
    });
  return { run, stored };
}

describe('an upload', () => {
  it('is stored with its bytes, which may be written as Base64', () => {
    const { run, stored } = uploadsOf(10);
    const bytes = { type: 'bytes', bytes: Buffer.from('dog'), name: 'b', contentType: 'text/plain' } as const;
    expect([run({}), run({ content: bytes, uploadId: 'u1' })]).toEqual([
      { type: 'stored', upload: { id: 'new' } },
      { type: 'stored', upload: { id: 'u1' } },
    ]);
    expect(stored).toEqual([
      ['cat', null],
      ['dog', 'u1'],
    ]);
  });

  it('belongs to an announced one of its account, or of any account where the call is public', () => {
    const other = { account: 'key-2' as Account, uploadId: 'u1' };
    expect(uploadsOf(10).run(other)).toEqual({ type: 'unknown' });
    expect(uploadsOf(10).run({ ...other, isPublic: true })).toMatchObject({ type: 'stored' });
  });

  it('is refused when it is too large', () => {
    expect(uploadsOf(2).run({})).toEqual({ type: 'too-large' });
  });
});
