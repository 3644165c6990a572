import { describe, expect, it } from 'vitest';
import { createSampleTasks } from '../delivery/testing/sample-tasks.ts';
import { openEntry } from '../journal/unpack-entry.ts';
import type { Pack } from '../packs/pack.ts';
import { createResume } from './resume.ts';

function create(packs?: ReadonlyMap<string, Pack>) {
  const samples = createSampleTasks();
  const { tasks, journal, packer, time } = samples;
  const calls: string[] = [];
  const resumed: { at: number; wallAt: number }[] = [];
  const active = { is: true };
  const resume = createResume({
    packs: packs ?? samples.packs,
    tasks,
    journal,
    packer,
    clock: {
      resume: ({ at, wallAt }) => void resumed.push({ at, wallAt }),
      touch: () => void calls.push('touch'),
    },
    schedule: {
      isActive: () => active.is,
      settle: ({ plan }) => void calls.push(`settle ${plan.taskId}`),
    },
    deliveries: { endInterrupted: ({ plan }) => void calls.push(`end attempts of ${plan.taskId}`) },
  });
  return { ...samples, resume, calls, resumed, active, time };
}

/** Restores the journal of one mock in another one. @returns what each entry was answered with */
function restore(from: ReturnType<typeof create>, to: ReturnType<typeof create>): (string | null)[] {
  const answers: (string | null)[] = [];
  to.resume.restore((use) => {
    for (const entry of from.journal.entries())
      answers.push(use.entry(openEntry(entry, from.journal.secrets)));
  });
  return answers;
}

describe('a mock that starts with an earlier journal', () => {
  it('has the same tasks, continues the clock, and takes up each task once', () => {
    const [before, after] = [create(), create()];
    const { plan } = before.add();
    before.time.at += 5000;
    const state = plan.steps[1]?.state ?? '';
    before.journal.append({ type: 'task.changed', taskId: plan.taskId, state, index: 1 });
    expect(restore(before, after)).toEqual([null, null]);
    expect(after.tasks.get(plan.taskId)).toMatchObject({ plan, announced: 2 });
    const { at, wallAt } = before.journal.entries().at(-1) ?? {};
    expect(after.resumed).toEqual([{ at, wallAt }]);
    expect(after.calls).toEqual([`end attempts of ${plan.taskId}`, `settle ${plan.taskId}`, 'touch']);
    expect(after.journal.last).toBe(before.journal.last);
  });

  it('leaves the clock alone when the journal is empty', () => {
    const { resume, resumed, calls } = create();
    resume.restore(() => undefined);
    expect([resumed, calls]).toEqual([[], []]);
  });

  it('reports an entry that cannot follow the others, and does not use it', () => {
    const [before, after] = [create(), create()];
    const { taskId } = before.plan();
    before.journal.append({ type: 'task.expired', taskId });
    expect(restore(before, after)).toEqual([expect.stringContaining(taskId)]);
    expect(after.journal.last).toBe(0);
  });

  it('does not start when the pack of a task is not loaded', () => {
    const [before, after] = [create(), create(new Map())];
    before.add();
    expect(() => restore(before, after)).toThrow(expect.objectContaining({ code: 'DATA_DAMAGED' }));
  });
});

describe('an edited pack', () => {
  const incomplete = (pack: Pack): readonly (readonly [missing: string, edited: Pack])[] => [
    ['the operation', { ...pack, operations: pack.operations.filter(({ type }) => type !== 'submit') }],
    ['a body of', { ...pack, events: new Map() }],
    [
      'the state',
      {
        ...pack,
        operations: pack.operations.map((one) =>
          one.type === 'poll' ? { ...one, answers: new Map() } : one,
        ),
      },
    ],
  ];

  it('is accepted when it has what its active tasks need', () => {
    const { resume, add, pack } = create();
    add();
    expect(() => resume.refuseIncomplete({ ...pack })).not.toThrow();
  });

  it.each([0, 1, 2])('is refused when it lacks a part that an active task needs (%i)', (index) => {
    const { resume, add, pack, active } = create();
    const [missing = '', edited = pack] = incomplete(pack)[index] ?? [];
    expect(() => resume.refuseIncomplete(edited)).not.toThrow();
    add();
    expect(() => resume.refuseIncomplete(edited)).toThrow(
      expect.objectContaining({ code: 'PACK_IN_USE', message: expect.stringContaining(missing) }),
    );
    expect(() => resume.refuseIncomplete({ ...edited, name: 'other' })).not.toThrow();
    active.is = false;
    expect(() => resume.refuseIncomplete(edited)).not.toThrow();
  });

  it('is refused when it lacks the failure that an active task ends with', () => {
    const { resume, add, pack } = create();
    const [slug = ''] = pack.failures.keys();
    add({ scenario: `fail.${slug}` });
    expect(() => resume.refuseIncomplete({ ...pack, failures: new Map() })).toThrow(`the failure "${slug}"`);
  });
});
