import { describe, expect, it } from 'vitest';
import { watchBystanders } from './bystanders.ts';

describe('a bystander', () => {
  const remarksOn = (...shares: number[]): string[] => {
    const bystanders = watchBystanders('polling');
    for (const share of shares) bystanders.saw('the load generator', 'the mock', share);
    const remarks: string[] = [];
    bystanders.report((remark) => remarks.push(remark));
    return remarks;
  };

  it('with spare capacity is not mentioned', () => {
    expect(remarksOn(0.5, 0.99, 0.6)).toEqual([]);
  });

  it('that was busy in most rounds is mentioned, because it may have limited the result', () => {
    expect(remarksOn(0.97, 0.5, 0.96)).toEqual([
      'polling: the load generator was busy 96 % of the time under the mock, so that side may be faster than shown',
    ]);
  });
});
