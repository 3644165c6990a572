import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MEDIA_FILES, MEDIA_FOLDER, type MediaFacts, mediaSize } from './media-files.ts';

/** Reads the facts about a file from its bytes, one reader for each format. */
const READERS: Readonly<Record<string, (bytes: Buffer) => MediaFacts>> = {
  '.mp4': readMp4,
  '.png': (bytes) => ({
    contentType: 'image/png',
    width: bytes.readUInt32BE(16),
    height: bytes.readUInt32BE(20),
  }),
  '.jpg': readJpeg,
  '.webp': (bytes) => ({
    contentType: bytes.toString('latin1', 8, 12) === 'WEBP' ? 'image/webp' : '',
    width: bytes.readUInt16LE(26),
    height: bytes.readUInt16LE(28),
  }),
  '.wav': (bytes) => ({
    contentType: bytes.toString('latin1', 8, 12) === 'WAVE' ? 'audio/wav' : '',
    duration: (bytes.length - 44) / bytes.readUInt32LE(28),
  }),
  '.mp3': readMp3,
};

function readMp4(bytes: Buffer): MediaFacts {
  const movie = bytes.indexOf('mvhd');
  const track = bytes.indexOf('tkhd');
  return {
    contentType: 'video/mp4',
    duration: bytes.readUInt32BE(movie + 20) / bytes.readUInt32BE(movie + 16),
    width: bytes.readUInt16BE(track + 80),
    height: bytes.readUInt16BE(track + 84),
  };
}

function readJpeg(bytes: Buffer): MediaFacts {
  const frame = bytes.indexOf(Buffer.from([0xff, 0xc0]));
  return {
    contentType: bytes.readUInt16BE(0) === 0xffd8 ? 'image/jpeg' : '',
    height: bytes.readUInt16BE(frame + 5),
    width: bytes.readUInt16BE(frame + 7),
  };
}

/** Follows the frames of an MPEG-2 layer III file of 22,050 Hz, each of which has 576 samples. */
function readMp3(bytes: Buffer): MediaFacts {
  const rates = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
  let frames = 0;
  for (let at = 0; at < bytes.length; frames++) {
    const head = bytes.readUInt32BE(at);
    if (head >>> 20 !== 0xfff) throw new Error(`no frame at byte ${at}`);
    const rate = rates[(head >>> 12) & 15] ?? 0;
    at += Math.floor((72_000 * rate) / 22_050) + ((head >>> 9) & 1);
  }
  return { contentType: 'audio/mpeg', duration: (frames * 576) / 22_050 };
}

describe('the files of the media host', () => {
  it('are all described', () => {
    expect(Object.keys(MEDIA_FILES).sort()).toEqual(readdirSync(MEDIA_FOLDER).sort());
  });

  it.each(Object.entries(MEDIA_FILES))('%s is what its description says', (name, facts) => {
    const bytes = readFileSync(join(MEDIA_FOLDER, name));
    const read = READERS[name.slice(name.lastIndexOf('.'))]?.(bytes);
    const { duration, ...rest } = read ?? { contentType: 'unknown' };
    expect({
      ...rest,
      ...(duration === undefined ? {} : { duration: Math.round(duration * 100) / 100 }),
    }).toEqual(facts);
    expect(mediaSize(name)).toBe(bytes.length);
  });
});
