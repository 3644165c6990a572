import { statSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from './package-root.ts';

/** Properties of a file of the media host that packs can mention. */
export interface MediaFacts {
  readonly contentType: string;
  /** Length in seconds; missing for images. */
  readonly duration?: number;
  /** Size in pixels; missing for sound. */
  readonly width?: number;
  readonly height?: number;
}

export const MEDIA_FOLDER = join(PACKAGE_ROOT, 'fixtures/media');

/** The files of the media host, by name. A test compares them with the bytes of the files. */
export const MEDIA_FILES: Readonly<Record<string, MediaFacts>> = {
  'clip.mp4': { contentType: 'video/mp4', duration: 3, width: 320, height: 180 },
  'cover.png': { contentType: 'image/png', width: 320, height: 180 },
  'photo.jpg': { contentType: 'image/jpeg', width: 160, height: 90 },
  'picture.webp': { contentType: 'image/webp', width: 160, height: 90 },
  'tone.wav': { contentType: 'audio/wav', duration: 0.5 },
  'track.mp3': { contentType: 'audio/mpeg', duration: 2.06 },
};

const sizes = new Map<string, number>();

/** Returns the size of a file in bytes. Files do not change, so each is looked up once. */
export function mediaSize(name: string): number {
  let size = sizes.get(name);
  if (size === undefined) {
    size = statSync(join(MEDIA_FOLDER, name)).size;
    sizes.set(name, size);
  }
  return size;
}
