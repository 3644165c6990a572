import { createHash } from 'node:crypto';
import type { Engine } from '../../engine/engine.ts';
import type { Upload } from '../../engine/upload-fold.ts';
import type { MediaFile, MediaLibrary } from './media-library.ts';

/** A file to serve, or the reason for its absence. */
export type UploadedFile =
  | { readonly type: 'file'; readonly file: MediaFile }
  | { readonly type: 'refused'; readonly status: 404 | 410; readonly because: string };

/** Types that browsers do not run. Uploads of any other type are served as bytes. */
const HARMLESS =
  /^(image\/(?!svg)|video\/|audio\/|font\/|text\/plain\b|application\/(json|pdf|zip)\b)[\w.+-]*$/i;

/** Returns the file of an upload. @param now service time */
export function uploadedFile(
  upload: Upload,
  { uploads }: Pick<Engine, 'uploads'>,
  library: MediaLibrary,
  now: number,
): UploadedFile {
  if (upload.expiresAt <= now) return refused(410, 'This upload has expired.');
  if (upload.isAnnounced) return refused(404, 'This file was announced and has not been uploaded yet.');
  if (upload.file !== null) return { type: 'file', file: library.open(upload.file) };
  const bytes = uploads.bytesOf(upload);
  if (bytes === null) return refused(404, 'The mock was restarted, and kept only uploads of up to 64 KiB.');
  const contentType = HARMLESS.test(upload.contentType) ? upload.contentType : 'application/octet-stream';
  const etag = `"${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}"`;
  return { type: 'file', file: { bytes, contentType, etag } };
}

function refused(status: 404 | 410, because: string): UploadedFile {
  return { type: 'refused', status, because };
}
