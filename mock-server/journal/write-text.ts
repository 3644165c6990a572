import type { FileHandle } from 'node:fs/promises';

/**
 * Writes a text at the current position of a file. One write may write less than it is given, without an error: a disk
 * that is nearly full accepts what fits, and fails only at the next write.
 * @returns the size of the text in bytes
 */
export async function writeText(file: FileHandle, text: string): Promise<number> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) {
    at += (await file.write(bytes, at, bytes.length - at)).bytesWritten;
  }
  return bytes.length;
}
