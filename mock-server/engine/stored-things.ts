import type { Pack } from '../packs/pack.ts';
import type { EndpointCommand, EndpointOutcome, UploadCommand, UploadOutcome } from './commands.ts';
import type { Endpoint } from './endpoint-fold.ts';
import type { Engine } from './engine.ts';
import type { StoredUpload } from './uploads.ts';

/** Creates, changes or deletes a registered endpoint. */
export function changeEndpoint(
  { endpoints }: Pick<Engine, 'endpoints'>,
  pack: Pack,
  { action, account, endpointId, body }: EndpointCommand,
): EndpointOutcome {
  const { webhooks } = pack;
  if (webhooks === null) throw new Error(`pack "${pack.name}" has no webhooks`);
  if (action === 'create') {
    const created = endpoints.create(pack, webhooks, account, body);
    return created === null ? { type: 'full' } : { type: 'done', endpoint: created };
  }
  const found = endpoints.find(pack, account, endpointId);
  if (found === undefined) return { type: 'unknown' };
  const perform = (): Endpoint => {
    if (action === 'update') return endpoints.update(found, webhooks, body);
    if (action === 'rotate') return endpoints.rotate(found);
    endpoints.delete(found);
    return found;
  };
  return { type: 'done', endpoint: perform() };
}

/** Stores an upload, or the file of an announced one. */
export function storeUpload(
  { uploads }: Pick<Engine, 'uploads'>,
  pack: Pack,
  { account, uploadId, isPublic, content: given }: UploadCommand,
): UploadOutcome {
  if (pack.uploads === null) throw new Error(`pack "${pack.name}" has no uploads`);
  const announced = uploadId === null ? null : uploads.find(pack, isPublic ? null : account, uploadId);
  if (announced === undefined) return { type: 'unknown' };
  const content = contentOf(given);
  const upload = uploads.store({ pack, rules: pack.uploads, account, content, announced });
  return upload === null ? { type: 'too-large' } : { type: 'stored', upload };
}

function contentOf(given: UploadCommand['content']): StoredUpload['content'] {
  if (given.type !== 'base64') return given;
  const { text, name, contentType } = given;
  return { type: 'bytes', bytes: Buffer.from(text, 'base64'), name, contentType };
}
