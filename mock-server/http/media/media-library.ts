import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MEDIA_FILES, MEDIA_FOLDER } from '../../packs/media-files.ts';

/** A file served by the media host. */
export interface MediaFile {
  readonly bytes: Buffer;
  readonly contentType: string;
  readonly etag: string;
}

export interface MediaLibrary {
  /** Returns a file. @param name the name of a file in fixtures/media, as written in packs */
  open(name: string): MediaFile;
}

const files = new Map<string, MediaFile>();

/** Creates a library. Files are small and do not change, so each is read once and cached for all mocks. */
export function createMediaLibrary(): MediaLibrary {
  return { open: openMedia };
}

/** Reads all files into the cache. */
export function preloadMedia(): void {
  for (const name of readdirSync(MEDIA_FOLDER)) openMedia(name);
}

function openMedia(name: string): MediaFile {
  const known = files.get(name);
  if (known !== undefined) return known;
  const file = readMedia(name);
  files.set(name, file);
  return file;
}

function readMedia(name: string): MediaFile {
  const bytes = readFileSync(join(MEDIA_FOLDER, name));
  return {
    bytes,
    contentType: MEDIA_FILES[name]?.contentType ?? 'application/octet-stream',
    etag: `"${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}"`,
  };
}
