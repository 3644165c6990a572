import { describe, expect, it } from 'vitest';
import { EXCERPT_LENGTH, LONGEST_BODY, LONGEST_STRING } from './excerpt.ts';
import type { JournalEvent } from './journal-entry.ts';
import { KEY_MARK } from './marks.ts';
import { createPlanPacker } from './packed-plan.ts';
import { recordEvent, requestEntry } from './redact.ts';
import { createSecrets } from './secrets.ts';
import { ALL_TYPES, sampleAttempt, sampleEntry } from './testing/sample-entries.ts';
import { closeEntry } from './unpack-entry.ts';

const KEY = 'sk-7f3a9c51e2';
const STAMP = { seq: 7, at: 70, wallAt: 700 };

function knowing(...keys: string[]) {
  const secrets = createSecrets();
  for (const key of keys) secrets.learn(key);
  return secrets;
}

/** An event is an entry without a stamp. */
function eventOf(entry: object): JournalEvent {
  const { seq: _seq, at: _at, wallAt: _wallAt, ...event } = entry as Record<string, unknown>;
  return event as JournalEvent;
}

function recorded(event: JournalEvent, secrets = knowing(KEY)) {
  return event.type === 'request.answered'
    ? requestEntry(STAMP, event, secrets)
    : recordEvent(STAMP, event, secrets);
}

describe('recording an event', () => {
  it.each(ALL_TYPES)('keeps all its parts, and adds the stamp: %s', (type) => {
    const event = eventOf(closeEntry(sampleEntry(type), createPlanPacker()));
    expect(recorded(event)).toEqual({ ...STAMP, ...event });
  });

  it('keeps the seed of a submission, if it has one', () => {
    const seed = `${'0'.repeat(32)}.1`;
    const entry = closeEntry(sampleEntry('task.submitted', { seed }), createPlanPacker());
    expect(recorded(eventOf(entry))).toMatchObject({ seed });
    expect('seed' in recorded(eventOf(closeEntry(sampleEntry('task.submitted'), createPlanPacker())))).toBe(
      false,
    );
  });

  it.each([
    sampleEntry('request.answered', {
      url: `/v1/${KEY}`,
      requestBody: `{"a":"${KEY}"}`,
      answer: `{"a":"${KEY}"}`,
    }),
    sampleEntry('request.answered', { does: 'submit', headers: { 'x-note': KEY }, answer: KEY }),
    sampleEntry('attempt.started', { url: `http://a.test/${KEY}`, headers: { 'x-note': KEY }, body: KEY }),
    sampleEntry('attempt.ended', {
      url: `http://a.test/${KEY}`,
      attempt: sampleAttempt({ answer: KEY, detail: `${KEY} failed` }),
    }),
    sampleEntry('sink.received', { url: `/${KEY}`, body: KEY }),
  ])('masks the keys in all its texts: $type', (entry) => {
    const text = JSON.stringify(entry);
    const masked = JSON.stringify(recorded(eventOf(entry)));
    expect(masked).not.toContain(KEY);
    expect(masked.split(KEY_MARK)).toHaveLength(text.split(KEY).length);
  });

  it('masks the key of the request itself in everything else that the request contains', () => {
    const event = sampleEntry('request.answered', {
      headers: { authorization: `Bearer ${KEY}` },
      url: `/v1?x=${KEY}`,
      requestBody: `{"prompt":"${KEY}"}`,
      answer: `{"prompt":"${KEY}"}`,
    });
    const masked = recorded(eventOf(event), createSecrets());
    expect(masked).toMatchObject({
      headers: { authorization: `Bearer ${KEY_MARK}` },
      url: `/v1?x=${KEY_MARK}`,
      requestBody: `{"prompt":"${KEY_MARK}"}`,
      answer: `{"prompt":"${KEY_MARK}"}`,
    });
  });

  it('keeps the attempt itself when it contains no key', () => {
    const attempt = sampleAttempt({ detail: 'connection refused' });
    const entry = recorded(eventOf(sampleEntry('attempt.ended', { attempt })));
    expect('attempt' in entry && entry.attempt).toBe(attempt);
  });
});

describe('a long body', () => {
  it.each(['poll', 'submit'] as const)(
    'has its long strings truncated, with their keys masked: %s',
    (does) => {
      const long = `${KEY} ${'x'.repeat(LONGEST_STRING)}`;
      const body = JSON.stringify({ image: long, prompt: 'A cat' });
      const entry = recorded(
        eventOf(sampleEntry('request.answered', { does, requestBody: body, answer: body })),
      );
      if (entry.type !== 'request.answered') throw new Error('the type has changed');
      for (const text of [entry.requestBody, entry.answer]) {
        expect(JSON.parse(text)).toMatchObject({
          prompt: 'A cat',
          image: expect.stringContaining(`(${long.length} characters in all)`),
        });
        expect(text).toContain(KEY_MARK);
        expect(text).not.toContain(KEY);
        expect(text.length).toBeLessThan(2 * EXCERPT_LENGTH);
      }
    },
  );

  it.each(['poll', 'submit'] as const)('without long strings is cut as a whole: %s', (does) => {
    const body = JSON.stringify(Array.from({ length: LONGEST_BODY / 8 }, (_, n) => `${KEY}${n}`));
    const entry = recorded(eventOf(sampleEntry('request.answered', { does, answer: body })));
    if (entry.type !== 'request.answered') throw new Error('the type has changed');
    expect(entry.answer).toMatch(/… \(\d+ characters in all\)$/);
    expect(entry.answer.length).toBeLessThan(EXCERPT_LENGTH + 100);
    expect(entry.answer).not.toContain(KEY);
  });
});
