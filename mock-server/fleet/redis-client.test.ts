import { describe, expect, it } from 'vitest';
import { importPeer } from './redis-client.ts';

describe('an optional package', () => {
  it('is named with the command that installs it when it is missing', async () => {
    // A variable, because the compiler looks for modules that it can see.
    const missing = 'a-package-that-is-not-installed';
    await expect(importPeer(() => import(missing), 'ioredis')).rejects.toMatchObject({
      code: 'STORE_UNUSABLE',
      message: expect.stringContaining('ioredis'),
      remedy: expect.stringContaining('npm install ioredis bullmq'),
    });
  });

  it('is also recognized as missing by CommonJS', async () => {
    const missing = Promise.reject(Object.assign(new Error('not found'), { code: 'MODULE_NOT_FOUND' }));
    await expect(importPeer(() => missing, 'bullmq')).rejects.toMatchObject({ code: 'STORE_UNUSABLE' });
  });

  it('passes on any other error of its import', async () => {
    const broken = Promise.reject(new Error('broken'));
    await expect(importPeer(() => broken, 'ioredis')).rejects.toThrow('broken');
  });
});
