import { describe, expect, it } from 'vitest';
import { fc } from '../../fixtures/properties.ts';
import { createByteBudget, LONG_TEXT } from './byte-budget.ts';
import type { PackedEntry } from './journal-entry.ts';
import { createPlanPacker } from './packed-plan.ts';
import { journaledPlan } from './testing/journaled-plan.ts';
import { ALL_TYPES, anyEntry, sampleAttempt, sampleEntry } from './testing/sample-entries.ts';
import { closeEntry, type OpenEntry } from './unpack-entry.ts';
import { dropTexts, shareTexts, weighEntry } from './weigh-entry.ts';

const LONG = 'x'.repeat(3 * LONG_TEXT);
/** The weight of an entry without texts. */
const BARE = 400;

const packer = createPlanPacker();
const close = (entry: OpenEntry): PackedEntry => closeEntry(entry, packer);
const largeBudget = () => createByteBudget(1_000_000_000);

describe('the weight of an entry', () => {
  it.each(ALL_TYPES)('is finite and covers the entry itself: %s', (type) => {
    const weight = weighEntry(close(sampleEntry(type)));
    expect(Number.isFinite(weight)).toBe(true);
    expect(weight).toBeGreaterThanOrEqual(BARE);
  });

  it('is the same before and after its texts are shared', () => {
    fc.assert(
      fc.property(anyEntry, (entry) => {
        const packed = close(entry);
        expect(weighEntry(shareTexts(packed, largeBudget()))).toBe(weighEntry(packed));
      }),
    );
  });

  it.each<[string, (text: string) => OpenEntry]>([
    ['URL of a request', (url) => sampleEntry('request.answered', { url })],
    ['header of a request', (agent) => sampleEntry('request.answered', { headers: { agent } })],
    ['repeated header', (one) => sampleEntry('request.answered', { headers: { cookie: [one] } })],
    [
      'request body without a task',
      (requestBody) => sampleEntry('request.answered', { taskId: null, requestBody }),
    ],
    ['answer without a task', (answer) => sampleEntry('request.answered', { taskId: null, answer })],
    ['URL of a callback', (url) => sampleEntry('attempt.started', { url })],
    ['header of a callback', (type) => sampleEntry('attempt.started', { headers: { type } })],
    [
      'answer to a callback',
      (answer) => sampleEntry('attempt.ended', { attempt: sampleAttempt({ answer }) }),
    ],
    [
      'detail of an attempt',
      (detail) => sampleEntry('attempt.ended', { attempt: sampleAttempt({ detail }) }),
    ],
    ['body of the built-in receiver', (body) => sampleEntry('sink.received', { body })],
    ['name of a media file', (name) => sampleEntry('media.served', { name })],
    ['range of a media request', (range) => sampleEntry('media.served', { range })],
    ['queued scenario', (scenario) => sampleEntry('scenario.queued', { scenario })],
    ['scenario taken', (scenario) => sampleEntry('scenario.taken', { scenario })],
  ])('grows with the %s', (_what, entryWith) => {
    expect(weighEntry(close(entryWith(LONG))) - weighEntry(close(entryWith('')))).toBe(LONG.length);
  });

  it('does not include a long text of a task, which is charged once for all entries', () => {
    const weightOf = (answer: string): number =>
      weighEntry(close(sampleEntry('request.answered', { answer })));
    expect(weightOf(LONG)).toBe(weightOf(''));
    expect(weightOf('x'.repeat(LONG_TEXT - 1))).toBe(weightOf('') + 2 * (LONG_TEXT - 1));
  });
});

describe('the long texts of a task', () => {
  it('are equal after they are shared', () => {
    fc.assert(
      fc.property(fc.array(anyEntry, { maxLength: 30 }), (entries) => {
        const budget = largeBudget();
        for (const entry of entries.map(close)) expect(shareTexts(entry, budget)).toEqual(entry);
      }),
    );
  });

  it('are charged once, and released with the last entry that has them', () => {
    fc.assert(
      fc.property(fc.array(anyEntry, { maxLength: 30 }), (entries) => {
        const budget = largeBudget();
        const shared = entries.map((entry) => shareTexts(close(entry), budget));
        const charged = budget.used('journal');
        for (const entry of entries) shareTexts(close(entry), budget);
        expect(budget.used('journal')).toBe(charged);
        for (const entry of [...shared, ...shared]) dropTexts(entry, budget);
        expect(budget.used('journal')).toBe(0);
      }),
    );
  });

  it('are charged when an entry with them is shared', () => {
    const budget = largeBudget();
    const plan = journaledPlan('a', { request: { prompt: LONG } });
    const text = JSON.stringify(plan.request);
    shareTexts(close(sampleEntry('task.submitted', { plan })), budget);
    expect(budget.used('journal')).toBe(text.length);
    shareTexts(close(sampleEntry('request.answered', { requestBody: text, answer: LONG })), budget);
    shareTexts(close(sampleEntry('attempt.started', { body: LONG })), budget);
    expect(budget.used('journal')).toBe(text.length + LONG.length);
  });
});
