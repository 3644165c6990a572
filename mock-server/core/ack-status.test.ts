import { describe, expect, it } from 'vitest';
import { ACK_STATUS_PATTERN, isInWindows } from './ack-status.ts';

describe('the windows of statuses', () => {
  it.each([
    ['200', [200], [199, 201, 204, 300]],
    ['2xx', [200, 204, 299], [199, 300]],
    ['1xx-3xx', [100, 101, 200, 302, 399], [400, 500]],
    ['200, 4xx', [200, 400, 499], [201, 399, 500]],
  ])('%s accepts %j and no others', (windows, inside, outside) => {
    expect(inside.filter((status) => !isInWindows(windows, status))).toEqual([]);
    expect(outside.filter((status) => isInWindows(windows, status))).toEqual([]);
  });

  it.each(['20x', '2xx-3', '6xx', '', '200-299'])('"%s" is not a window', (text) => {
    expect(new RegExp(ACK_STATUS_PATTERN).test(text)).toBe(false);
  });
});
