import { describe, expect, it } from 'vitest';
import { taskIdOf } from '../core/plan.ts';
import type { Account } from '../core/types.ts';
import { createSampleTasks, SAMPLE_ACCOUNT } from '../delivery/testing/sample-tasks.ts';
import { createSubmissionCounts } from './submission-counts.ts';
import { createSubmissionSeeds } from './submission-seeds.ts';

function create(seed = '7') {
  const samples = createSampleTasks();
  const { tasks, pack, operation } = samples;
  const counts = createSubmissionCounts();
  samples.journal.subscribe(counts.apply);
  const seedFor = createSubmissionSeeds({ counts, tasks, seed });
  const input = { pack, operation, account: SAMPLE_ACCOUNT, bodyText: '{"a":1}' };
  return { ...samples, seedFor, input };
}

describe('the seed of a submission', () => {
  it('is the same in every run with the same seed, until the task exists', () => {
    const { seedFor, input } = create();
    expect(seedFor(input)).toBe(seedFor(input));
    expect(create().seedFor(input)).toBe(seedFor(input));
    expect(create('8').seedFor(input)).not.toBe(seedFor(input));
  });

  it('depends on the account, the body, the operation and the path', () => {
    const { seedFor, input, operation } = create();
    const seeds = [
      {},
      { account: 'key-2' as Account },
      { bodyText: '{"a":2}' },
      { operation: { ...operation, id: 'other' } },
      { pathParams: { id: '1' } },
      { pathParams: { id: '2' } },
    ].map((change) => seedFor({ ...input, ...change }));
    expect(new Set(seeds).size).toBe(seeds.length);
  });

  it('is another one for an equal request, and the same again after a reset', () => {
    const { seedFor, input, journal, packer, plan } = create();
    const first = seedFor(input);
    const { taskId } = plan({ seed: first });
    journal.append({
      type: 'task.submitted',
      taskId,
      packed: packer.pack(plan({ seed: first })),
      seed: first,
    });
    const second = seedFor(input);
    expect(second).not.toBe(first);
    journal.append({ type: 'server.reset' });
    expect(seedFor(input)).toBe(first);
  });

  it('skips the id of a task that was never counted', () => {
    const { seedFor, input, operation, add } = create();
    const first = seedFor(input);
    // Its entry has another seed, as in a journal of an earlier version.
    const { taskId } = add({ seed: first }).plan;
    expect(taskId).toBe(taskIdOf(operation.kind, first, null));
    expect(taskIdOf(operation.kind, seedFor(input), null)).not.toBe(taskId);
  });
});
