import { MEDIA_FILES } from './media-files.ts';
import type { ReceivedFile } from './request-parts.ts';
import type { UploadContent } from './uploads.ts';

/** The name and the type that a request gives a file; empty without one. */
interface GivenFile {
  readonly name: string;
  readonly contentType: string;
}

const UNKNOWN_TYPE = 'application/octet-stream';
const DATA_URL = /^data:([^;,]*)((?:;[^;,]*)*),/;
const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;

/** Returns the content of a file that was sent as such. */
export function contentOfFile(
  file: ReceivedFile | undefined,
  given: GivenFile,
  where: string,
): UploadContent {
  if (file === undefined) return { type: 'invalid', because: `${where} must be a file` };
  const named = { name: given.name || file.name, contentType: given.contentType || file.contentType };
  return { type: 'bytes', bytes: file.bytes, ...complete(named) };
}

/** Returns the content of a file in Base64, with or without the beginning of a `data:` URL. */
export function contentOfBase64(value: unknown, given: GivenFile, where: string): UploadContent {
  const invalid = { type: 'invalid', because: `${where} must be a file in Base64` } as const;
  if (typeof value !== 'string' || value === '') return invalid;
  const [head = '', contentType = '', parameters = ''] = DATA_URL.exec(value) ?? [];
  if (head !== '' && !/;base64$/i.test(parameters)) return invalid;
  const text = value.slice(head.length).replace(/\s/g, '');
  if (text === '' || !BASE64.test(text)) return invalid;
  const named = { name: given.name, contentType: given.contentType || contentType };
  return { type: 'bytes', bytes: Buffer.from(text, 'base64'), ...complete(named) };
}

/** Returns a file of the media host in the place of the one at a URL: the network is not used. */
export function contentOfUrl(value: unknown, given: GivenFile, where: string): UploadContent {
  const isUrl = typeof value === 'string' && /^https?:\/\//i.test(value) && URL.canParse(value);
  if (!isUrl) return { type: 'invalid', because: `${where} must be an http or https URL` };
  const [path = ''] = value.split(/[?#]/, 1);
  const name = given.name || path.slice(path.lastIndexOf('/') + 1);
  const file = fileLike(name, given.contentType);
  return {
    type: 'made',
    file,
    name: complete({ name, contentType: typeOf(file) }).name,
    contentType: typeOf(file),
  };
}

/** Returns an announcement of a file. */
export function announcedContent(given: GivenFile): UploadContent {
  return { type: 'announced', ...complete(given) };
}

function complete({ name, contentType }: GivenFile): GivenFile {
  const clean = withoutPath(name);
  const type = contentType || typeByName(clean) || UNKNOWN_TYPE;
  return { name: clean || `file${extensionOf(type)}`, contentType: type };
}

/** Names come from clients, and become part of a URL. */
function withoutPath(name: string): string {
  const last = name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
  const printable = last.replace(/[\p{C}]/gu, '').slice(0, 200);
  return /^\.*$/.test(printable) ? '' : printable;
}

function fileLike(name: string, contentType: string): string {
  const type = contentType || typeByName(name);
  return Object.keys(MEDIA_FILES).find((file) => typeOf(file) === type) ?? 'photo.jpg';
}

function typeByName(name: string): string {
  const extension = /\.\w+$/.exec(name.toLowerCase())?.[0].replace('.jpeg', '.jpg');
  const file = Object.keys(MEDIA_FILES).find((one) => extension !== undefined && one.endsWith(extension));
  return file === undefined ? '' : typeOf(file);
}

function extensionOf(contentType: string): string {
  const file = Object.keys(MEDIA_FILES).find((one) => typeOf(one) === contentType);
  return file === undefined ? '' : file.slice(file.lastIndexOf('.'));
}

function typeOf(file: string): string {
  return MEDIA_FILES[file]?.contentType ?? UNKNOWN_TYPE;
}
