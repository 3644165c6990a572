import { describe, expect, it } from 'vitest';
import { takeToken } from './take-token.ts';

describe('the token in an address', () => {
  it.each([
    ['#token=secret', 'secret', ''],
    ['#token=a%2Bb', 'a+b', ''],
    ['#token=secret&x=1', 'secret', '#x=1'],
    ['#overview?token=secret', 'secret', '#overview'],
    ['#overview?find=cat&token=secret', 'secret', '#overview?find=cat'],
    ['#overview?token=secret&find=cat', 'secret', '#overview?find=cat'],
    ['#token=%E0%A4%A', '%E0%A4%A', ''],
    ['#overview?find=token', null, '#overview?find=token'],
    ['', null, ''],
  ])('is removed from "%s"', (hash, token, rest) => {
    expect(takeToken(hash)).toEqual({ token, rest });
  });
});
