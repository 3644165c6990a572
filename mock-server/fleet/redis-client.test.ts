import { describe, expect, it } from 'vitest';
import { importPeer, readStoreAddress, withoutPassword } from './redis-client.ts';

describe('the address of a store', () => {
  it.each([
    ['redis://127.0.0.1:6379/0', 'redis://127.0.0.1:6379/0', 'stuntdouble'],
    ['redis://127.0.0.1:6379/2?prefix=team-a', 'redis://127.0.0.1:6379/2', 'team-a'],
    ['rediss://user:word@redis.example:6380', 'rediss://user:word@redis.example:6380', 'stuntdouble'],
  ])('of %s has a URL and a prefix', (text, url, prefix) => {
    expect(readStoreAddress(text)).toEqual({ url, prefix });
  });

  it.each([
    'localhost:6379',
    'http://127.0.0.1:6379',
    'redis://127.0.0.1:6379/zero',
    'redis://127.0.0.1:6379/0?prefix=',
    'redis://127.0.0.1:6379/0?prefix=a:b',
    'redis://127.0.0.1:6379/0?perfix=team',
  ])('is refused when it is %s', (text) => {
    expect(() => readStoreAddress(text)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
  });

  it('is quoted without its password', () => {
    expect(() => readStoreAddress('redis://user:word@127.0.0.1/x')).toThrow('redis://user:…@127.0.0.1/x');
    expect(withoutPassword('redis://:word@127.0.0.1')).toBe('redis://:…@127.0.0.1');
  });
});

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

  it('passes on any other error of its import', async () => {
    const broken = Promise.reject(new Error('broken'));
    await expect(importPeer(() => broken, 'ioredis')).rejects.toThrow('broken');
  });
});
