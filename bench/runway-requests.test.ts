import { describe, expect, it } from 'vitest';
import { numbered, submission, taskIdIn } from './runway-requests.ts';

describe('the requests of a load', () => {
  it('differ by their number and have the same length', () => {
    const { body } = submission('http://127.0.0.1:9/callback');
    const first = numbered(body, 1);
    const last = numbered(body, 99_999_999);
    expect(JSON.parse(first).prompt).toContain('take #00000001,');
    expect(JSON.parse(last).prompt).toContain('take #99999999,');
    expect(last).toHaveLength(first.length);
  });

  it('are followed by the id in the answer', () => {
    expect(taskIdIn('{"code":200,"msg":"success","data":{"taskId":"abc"}}')).toBe('abc');
    expect(() => taskIdIn('{"code":422}')).toThrow('{"code":422}');
  });
});
