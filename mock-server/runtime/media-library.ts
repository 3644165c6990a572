import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { PACKAGE_ROOT } from '../packs/package-root.ts';

/** A file of the media host. */
export interface MediaFile {
  readonly bytes: Buffer;
  readonly contentType: string;
  readonly etag: string;
}

export interface MediaLibrary {
  /** @param name a file of fixtures/media, as packs name them */
  open(name: string): MediaFile;
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.mp4': 'video/mp4',
  '.png': 'image/png',
  '.wav': 'audio/wav',
};

/** The files are small: each is read when it is first asked for, and kept. */
export function createMediaLibrary(): MediaLibrary {
  const files = new Map<string, MediaFile>();
  return {
    open(name) {
      const known = files.get(name);
      if (known !== undefined) return known;
      const file = readMedia(name);
      files.set(name, file);
      return file;
    },
  };
}

function readMedia(name: string): MediaFile {
  const bytes = readFileSync(join(PACKAGE_ROOT, 'fixtures/media', name));
  return {
    bytes,
    contentType: CONTENT_TYPES[extname(name)] ?? 'application/octet-stream',
    etag: `"${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}"`,
  };
}
