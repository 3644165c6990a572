import type { IncomingHttpHeaders } from 'node:http';
import type { JsonObject } from '../../core/types.ts';
import { WHOLE_BODY } from '../../packs/compile-uploads.ts';
import type { ReceivedFile } from '../../packs/request-parts.ts';

/** A body that is not JSON. */
export type ReceivedBody =
  | {
      readonly type: 'received';
      /** The fields of a form, with the names of files; undefined when the body is a file. */
      readonly fields: JsonObject | undefined;
      readonly files: ReadonlyMap<string, ReceivedFile>;
      /** A description for the journal, without the bytes of files. */
      readonly text: string;
    }
  | { readonly type: 'refused'; readonly because: string };

const MULTIPART = /^multipart\/form-data\s*;/i;
const JSON_TYPE = /^application\/([\w.+-]+\+)?json\s*(;|$)/i;

/** Returns whether the type of a body is JSON. */
export function isJson({ 'content-type': type = '' }: IncomingHttpHeaders): boolean {
  return JSON_TYPE.test(type);
}

/** Reads a form, or a body that is a file. */
export async function receiveFiles(headers: IncomingHttpHeaders, bytes: Buffer): Promise<ReceivedBody> {
  const { 'content-type': type = '' } = headers;
  if (!MULTIPART.test(type)) return receiveFile(type, bytes);
  try {
    return await receiveForm(type, bytes);
  } catch {
    return { type: 'refused', because: 'the body is not valid multipart/form-data' };
  }
}

function receiveFile(type: string, bytes: Buffer): ReceivedBody {
  const contentType = type.split(';', 1)[0]?.trim() ?? '';
  const file = { name: '', contentType, bytes };
  const files = new Map(bytes.length === 0 ? [] : [[WHOLE_BODY, file]]);
  return { type: 'received', fields: undefined, files, text: bytes.length === 0 ? '' : describe(file) };
}

async function receiveForm(type: string, bytes: Buffer): Promise<ReceivedBody> {
  const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': type } }).formData();
  const files = new Map<string, ReceivedFile>();
  const fields: [name: string, value: string][] = [];
  const described: [name: string, value: string][] = [];
  for (const [name, value] of form.entries()) {
    if (typeof value === 'string') {
      fields.push([name, value]);
      described.push([name, value]);
      continue;
    }
    const content = Buffer.from(await value.arrayBuffer());
    const file = { name: value.name, contentType: value.type, bytes: content };
    files.set(name, file);
    fields.push([name, value.name]);
    described.push([name, describe(file)]);
  }
  const text = JSON.stringify(Object.fromEntries(described));
  return { type: 'received', fields: Object.fromEntries(fields), files, text };
}

function describe({ name, contentType, bytes }: ReceivedFile): string {
  return `(${[name, contentType, `${bytes.length} bytes`].filter((part) => part !== '').join(', ')})`;
}
