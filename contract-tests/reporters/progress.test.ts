import { describe, expect, it } from 'vitest';
import { createProgress } from './progress.ts';
import { everyStatus, sampleCase } from './sample-report.ts';

function play(options: { isTTY: boolean; total: number | null; columns?: number }): string[] {
  const written: string[] = [];
  const { columns } = options;
  const stream = {
    write: (text: string) => written.push(text),
    ...(columns === undefined ? {} : { columns }),
  };
  const progress = createProgress({ ...options, stream });
  const failed = everyStatus().cases.find(({ status }) => status === 'failed') ?? sampleCase('none');
  progress.started('RCV-ACK-01');
  progress.started('RCV-TIM-01');
  progress.finished(sampleCase('RCV-ACK-01'));
  progress.finished({ ...failed, id: 'RCV-TIM-01' });
  progress.end();
  return written;
}

describe('progress', () => {
  it('is one line for each finished case where lines cannot be rewritten', () => {
    expect(play({ isTTY: false, total: 12 })).toEqual([
      ' 1/12  ✓ RCV-ACK-01 passed, 412 ms\n',
      ' 2/12  ✗ RCV-TIM-01 failed, 1.3 s\n',
    ]);
  });

  it('is one rewritten line on a terminal, and gone at the end', () => {
    const clear = '\r\u001b[2K';
    expect(play({ isTTY: true, total: 2 })).toEqual([
      `${clear}0/2  RCV-ACK-01`,
      `${clear}0/2  RCV-ACK-01 RCV-TIM-01`,
      `${clear}1/2  RCV-TIM-01`,
      `${clear}2/2  ✗ 1  `,
      clear,
    ]);
  });

  it('never fills the last column, because a wrapped line cannot be taken back', () => {
    const longest = Math.max(...play({ isTTY: true, total: 2, columns: 20 }).map((text) => text.length));
    expect(longest).toBe('\r\u001b[2K'.length + 19);
  });

  it('counts alone when nobody knows how many there will be', () => {
    expect(play({ isTTY: false, total: null })[0]).toBe('1  ✓ RCV-ACK-01 passed, 412 ms\n');
  });
});
