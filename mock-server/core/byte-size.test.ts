import { describe, expect, it } from 'vitest';
import { parseByteSize } from './byte-size.ts';

describe('parseByteSize', () => {
  it.each([
    ['0', 0],
    ['4096', 4096],
    ['10b', 10],
    ['2kb', 2048],
    [' 256mb ', 256 * 1024 * 1024],
    ['1GB', 1024 ** 3],
  ])('reads %j as %i bytes', (text, bytes) => expect(parseByteSize(text)).toBe(bytes));

  it.each(['', 'mb', '-1', '1.5mb', '1 mb', '1tb', '0x10', '99999999999gb', 'NaN'])('rejects %j', (text) =>
    expect(parseByteSize(text)).toBeNull(),
  );
});
