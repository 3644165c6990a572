import { describe, expect, it } from 'vitest';
import type { Story, StoryPlan } from '../../pages/story.ts';
import { noResend } from './no-resend.ts';

const START = Date.parse('2026-01-05T00:00:00.000Z');
const iso = (ms: number): string => new Date(START + ms).toISOString();

const CALLBACK = {
  id: 'd1',
  event: 'clip.ready',
  state: 'done',
  url: 'http://127.0.0.1:3000/',
  dueAt: iso(2000),
  flaw: null,
};

function reason(now: number, changes: Partial<StoryPlan> = {}, entries: Story['entries'] = []): string {
  const plan: StoryPlan = {
    taskId: 't1',
    pack: 'clips',
    operation: 'create',
    kind: 'clip',
    account: 'key-1',
    scenario: { name: 'success', callback: null },
    submittedAt: iso(0),
    steps: [
      { state: 'running', at: iso(0) },
      { state: 'done', at: iso(2000) },
    ],
    outcome: { type: 'success' },
    mediaExpiresAt: null,
    callbacks: [CALLBACK],
    ...changes,
  };
  return noResend({ plan, entries, now: START + now });
}

describe('why a callback cannot be sent again', () => {
  it('is empty when it can', () => {
    expect(reason(2000)).toBe('');
    expect(reason(2000, { callbacks: [], scenario: { name: 'callback.never', callback: 'never' } })).toBe('');
    expect(
      reason(2000, { callbacks: [] }, [
        { seq: 9, at: iso(2000), wallAt: iso(2000), type: 'delivery.promised' },
      ]),
    ).toBe('');
  });

  it('is the state of the task, or a request without a URL', () => {
    expect(reason(-1)).toBe('The task has not started yet.');
    expect(reason(500)).toBe('No callback is sent in state "running".');
    expect(reason(2000, { callbacks: [] })).toBe(
      'Its request named no callback URL. Send it to a URL below.',
    );
  });

  it('ignores a forged callback, which says nothing about the state', () => {
    const forged = { ...CALLBACK, id: 'd0', state: 'running', flaw: 'forged' };
    expect(reason(500, { callbacks: [forged, CALLBACK] })).toBe('No callback is sent in state "running".');
  });
});
