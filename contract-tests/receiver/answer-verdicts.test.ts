import { describe, expect, it } from 'vitest';
import type { AttemptResult } from '../../mock-server/index.ts';
import { sampleCase, sampleReport } from '../conformance/sample-report.ts';
import { formatTerminal } from '../reporters/terminal.ts';
import { acknowledged, refused } from './answer-verdicts.ts';
import type { Subject } from './subject.ts';
import { both } from './verdicts.ts';

const SUBJECT = {
  ackTimeoutMs: 1000,
  event: { delivery: { ackStatus: '200', ackBody: null } },
} as unknown as Subject;

function answered(status: number, answer: string): AttemptResult {
  const outcome = status < 300 ? 'acknowledged' : 'rejected';
  return { outcome, status, answer, durationMs: 3, firstByteMs: 2, detail: null };
}

describe('a verdict on several answers', () => {
  const badJson = refused(SUBJECT, 'invalid JSON', answered(400, 'bad json'));

  it('has the answer that it is about, not that of another request', () => {
    const text = refused(SUBJECT, 'a text/plain body', answered(302, 'elsewhere'));
    expect(both(badJson, text)).toMatchObject({ status: 'failed', answer: 'HTTP 302 "elsewhere"' });
  });

  it('is reported without a response when the wrong answer is HTTP 200', () => {
    const ack = both(badJson, refused(SUBJECT, 'a text/plain body', answered(200, 'ok')));
    expect(ack).toMatchObject({ status: 'failed', actual: 'HTTP 200 after 3 ms' });
    const timeline = [
      {
        ...{ atMs: 1, durationMs: 2, kind: 'attempt' as const, isBad: true },
        ...{ text: 'callback 1 → HTTP 400', answer: 'HTTP 400 "bad json"' },
      },
    ];
    const shown = formatTerminal(sampleReport([sampleCase('RCV-ENV-08', { verdicts: { ack }, timeline })]), {
      color: false,
      strict: false,
    });
    expect(shown).not.toContain('response  ');
  });

  it('has the answer with an undocumented status', () => {
    expect(acknowledged(SUBJECT, answered(200, ''), answered(202, 'queued'))).toMatchObject({
      status: 'non-strict',
      answer: 'HTTP 202 "queued"',
    });
  });
});
