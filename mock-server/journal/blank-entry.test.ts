import { describe, expect, it } from 'vitest';
import { fc } from '../../fixtures/properties.ts';
import { blankEntry } from './blank-entry.ts';
import { createEntryCheck } from './entry-schema.ts';
import { createPlanPacker } from './packed-plan.ts';
import { createTaskStore } from './task-store.ts';
import { journaledPlan } from './testing/journaled-plan.ts';
import { ALL_TYPES, anyEntry, sampleAttempt, sampleEntry } from './testing/sample-entries.ts';
import { closeEntry, type OpenEntry } from './unpack-entry.ts';

const SECRET = 'contents of a client';
const all = () => true;
const none = () => false;

/** Entries with contents in each part that a client or a receiver supplies. */
const WITH_CONTENTS: readonly OpenEntry[] = [
  sampleEntry('request.answered', {
    url: `/v1/${SECRET}`,
    headers: { 'x-note': SECRET },
    requestBody: SECRET,
    answer: SECRET,
  }),
  sampleEntry('sink.received', { url: `/${SECRET}`, body: SECRET }),
  sampleEntry('media.served', { range: SECRET }),
  sampleEntry('pack.refused', { problem: SECRET }),
  sampleEntry('attempt.started', { headers: { 'x-note': SECRET }, body: SECRET }),
  sampleEntry('attempt.ended', { attempt: sampleAttempt({ answer: SECRET }) }),
  ...(['task.submitted', 'task.amended'] as const).map((type) =>
    sampleEntry(type, {
      plan: journaledPlan('a', {
        request: { prompt: SECRET },
        requestText: `{"prompt":"${SECRET}"}`,
        pathParams: { owner: SECRET },
      }),
    }),
  ),
];

describe('a blanked entry', () => {
  it.each(WITH_CONTENTS)('has no contents of an evicted task: $type', (entry) => {
    expect(JSON.stringify(entry)).toContain(SECRET);
    expect(JSON.stringify(blankEntry(entry, none))).not.toContain(SECRET);
  });

  it.each(WITH_CONTENTS)('keeps only the plan and the attempts of an existing task: $type', (entry) => {
    const isState = ['attempt.ended', 'task.submitted', 'task.amended'].includes(entry.type);
    const blanked = blankEntry(entry, all);
    if (isState) expect(blanked).toBe(entry);
    else expect(JSON.stringify(blanked)).not.toContain(SECRET);
  });

  it('asks about the task of the entry', () => {
    const asked: string[] = [];
    const ask = (taskId: string): boolean => asked.push(taskId) > 0;
    blankEntry(sampleEntry('task.submitted'), ask);
    expect(asked).toEqual(['a']);
  });

  it.each(ALL_TYPES)(
    'is valid, has the same stamp, and does not change when it is blanked again: %s',
    (type) => {
      for (const isKept of [all, none]) {
        const entry = sampleEntry(type);
        const blanked = blankEntry(entry, isKept);
        expect(createEntryCheck()(blanked as unknown as Record<string, unknown>)).toBeNull();
        const { seq, at, wallAt } = entry;
        expect(blanked).toMatchObject({ type, seq, at, wallAt });
        expect(blankEntry(blanked, isKept)).toEqual(blanked);
      }
    },
  );

  it('has the same effect on the state of existing tasks', () => {
    const packer = createPlanPacker();
    fc.assert(
      fc.property(fc.array(anyEntry, { maxLength: 40 }), (entries) => {
        const stateAfter = (many: readonly OpenEntry[]): unknown => {
          const store = createTaskStore();
          for (const one of many) store.apply(closeEntry(one, packer));
          return [...store.save()];
        };
        expect(stateAfter(entries.map((entry) => blankEntry(entry, all)))).toEqual(stateAfter(entries));
      }),
    );
  });
});
