import { describe, expect, it } from 'vitest';
import { readStoreAddress } from './store-address.ts';

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
    expect(() => readStoreAddress('redis://:word@127.0.0.1/x')).toThrow('redis://:…@127.0.0.1/x');
  });
});
