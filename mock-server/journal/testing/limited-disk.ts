import type { FileHandle } from 'node:fs/promises';

type PromisesApi = typeof import('node:fs/promises');

/** The limits of the mocked disk, in bytes. */
export const limits = {
  /** The free space. A write that it cannot hold is cut; with none left, writes fail. */
  room: Number.POSITIVE_INFINITY,
  /** The maximum of one write. */
  atOnce: Number.POSITIVE_INFINITY,
};

export function removeLimits(): void {
  limits.room = Number.POSITIVE_INFINITY;
  limits.atOnce = Number.POSITIVE_INFINITY;
}

/** Replaces `node:fs/promises` in a test, so that the writes to opened files obey the limits. */
export function limitedDisk(real: PromisesApi): PromisesApi {
  const open: PromisesApi['open'] = async (...args) => limited(await real.open(...args));
  return { ...real, open };
}

function limited(file: FileHandle): FileHandle {
  const write = file.write.bind(file);
  const limitedWrite = async (data: string | Buffer, offset = 0, length?: number) => {
    const whole = Buffer.from(data);
    const bytes = whole.subarray(offset, length === undefined ? whole.length : offset + length);
    if (bytes.length > 0 && limits.room === 0) {
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    }
    const fits = Math.min(bytes.length, limits.room, limits.atOnce);
    limits.room -= fits;
    return write(bytes, 0, fits);
  };
  file.write = limitedWrite as FileHandle['write'];
  return file;
}
