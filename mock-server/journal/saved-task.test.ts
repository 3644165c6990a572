import { describe, expect, it } from 'vitest';
import { fc } from '../../fixtures/properties.ts';
import { blankEntry } from './blank-entry.ts';
import { KEY_MARK } from './marks.ts';
import { createPlanPacker } from './packed-plan.ts';
import { changeSavedTask, loadTask, type SavedTask, saveTask } from './saved-task.ts';
import { createSecrets } from './secrets.ts';
import { applyToTask, StoredTask } from './stored-task.ts';
import { journaledPlan } from './testing/journaled-plan.ts';
import { anyEntry, sampleAttempt, sampleEntry } from './testing/sample-entries.ts';
import { closeEntry, type OpenEntry } from './unpack-entry.ts';

const packer = createPlanPacker();
const secrets = createSecrets();

function taskAfter(entries: readonly OpenEntry[], change = {}): StoredTask {
  const task = new StoredTask(packer.pack(journaledPlan('a', change)));
  for (const entry of entries) applyToTask(task, closeEntry(entry, packer));
  return task;
}

const written = (saved: SavedTask): SavedTask => JSON.parse(JSON.stringify(saved)) as SavedTask;

describe('a saved task', () => {
  it('is loaded as the same task, after any entries', () => {
    fc.assert(
      fc.property(fc.array(anyEntry, { maxLength: 40 }), (entries) => {
        const task = taskAfter(entries);
        const loaded = loadTask(written(saveTask(task, secrets)), packer);
        expect({ ...loaded, packed: null }).toEqual({ ...task, packed: null });
        expect(loaded.plan).toEqual(task.plan);
      }),
    );
  });

  it('continues in the same way as the task itself', () => {
    fc.assert(
      fc.property(
        fc.array(anyEntry, { maxLength: 20 }),
        fc.array(anyEntry, { maxLength: 20 }),
        (before, after) => {
          const loaded = loadTask(written(saveTask(taskAfter(before), secrets)), packer);
          for (const entry of after) applyToTask(loaded, closeEntry(entry, packer));
          expect(saveTask(loaded, secrets)).toEqual(saveTask(taskAfter([...before, ...after]), secrets));
        },
      ),
    );
  });

  it('leaves out what most tasks do not have', () => {
    const saved = saveTask(taskAfter([]), secrets);
    expect(Object.keys(saved).sort()).toEqual(['announced', 'plan']);
  });

  it('does not change with the task', () => {
    const ended = (n: number): OpenEntry =>
      sampleEntry('attempt.ended', { attempt: sampleAttempt({ n, outcome: 'rejected' }) });
    const task = taskAfter([ended(1)]);
    const saved = saveTask(task, secrets);
    const before = written(saved);
    applyToTask(task, closeEntry(ended(2), packer));
    expect(written(saved)).toEqual(before);
  });

  it('has no key of its client', () => {
    const key = 'sk-7f3a9c51e2';
    const knowing = createSecrets();
    knowing.learn(key);
    const [delivery] = journaledPlan('a').callbacks;
    if (delivery === undefined) throw new Error('the plan has no callback');
    const leaking = { ...delivery, url: `http://a.test/${key}` };
    const task = taskAfter(
      [sampleEntry('delivery.promised', { delivery: { ...leaking, id: 'd2' as typeof delivery.id } })],
      { request: { prompt: key }, callbacks: [leaking] },
    );
    const text = JSON.stringify(saveTask(task, knowing));
    expect(text).not.toContain(key);
    expect(text.split(KEY_MARK)).toHaveLength(4);
  });
});

describe('changing a saved task', () => {
  it('blanks the plan and the attempts, and nothing else', () => {
    const attempt = sampleAttempt({ answer: 'contents' });
    const task = taskAfter([sampleEntry('attempt.ended', { attempt }), sampleEntry('task.changed')], {
      request: { prompt: 'contents' },
    });
    const saved = saveTask(task, secrets);
    const changed = changeSavedTask(saved, (entry) => blankEntry(entry, () => false));
    expect(JSON.stringify(saved).split('contents')).toHaveLength(3);
    expect(changed).toEqual(
      JSON.parse(JSON.stringify(saved).replace('{"prompt":"contents"}', '{}').replace('contents', '')),
    );
  });

  it('names the task and the delivery in the entries that are changed', () => {
    const seen: unknown[] = [];
    const saved = saveTask(taskAfter([sampleEntry('attempt.ended')]), secrets);
    expect(
      changeSavedTask(saved, (entry) => {
        seen.push([entry.type, 'taskId' in entry && entry.taskId, 'deliveryId' in entry && entry.deliveryId]);
        return entry;
      }),
    ).toEqual(saved);
    expect(seen).toEqual([
      ['task.submitted', 'a', false],
      ['attempt.ended', 'a', 'd1'],
    ]);
  });
});
