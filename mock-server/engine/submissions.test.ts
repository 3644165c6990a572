import { describe, expect, it } from 'vitest';
import type { Plan, Scenario } from '../core/types.ts';
import {
  createSampleTasks,
  SAMPLE_ACCOUNT,
  type Sender,
  samplePack,
} from '../delivery/testing/sample-tasks.ts';
import type { SubmitOperation } from '../packs/pack.ts';
import type { RateLimit } from '../packs/vendor-rules.ts';
import type { Decided } from './plan-for.ts';
import type { Submission } from './submission.ts';
import { createSubmissions } from './submissions.ts';

function create(sender: Sender = samplePack()) {
  const samples = createSampleTasks(sender);
  const { tasks, journal, clock, packer, pack, operation } = samples;
  const world = { waitMs: 0, rate: null as RateLimit | null, hasRoom: true };
  const updated: string[] = [];
  const decided: Decided[] = [];
  const submissions = createSubmissions({
    onReached: () => undefined,
    tasks,
    journal,
    clock,
    packer,
    schedule: {
      hasRoomFor: () => world.hasRoom,
      update: ({ plan }) => void updated.push(plan.taskId),
    },
    rates: { wait: () => world },
    budget: { limit: 1000 },
    tracing: null,
    seedFor: () => 'the seed',
    planFor(_submission, given): Plan {
      decided.push(given);
      return { ...samples.plan(), parentId: given.parentId };
    },
  });
  const submission: Submission = {
    pack,
    operation,
    account: SAMPLE_ACCOUNT,
    request: {},
    bodyText: '{}',
    scenario: { failure: null } as Scenario,
    origin: '',
  };
  const submit = (change: Partial<Submission> = {}) => submissions.submit({ ...submission, ...change });
  return { ...samples, submissions, submit, world, updated, decided };
}

describe('a submission', () => {
  it('is recorded with its seed, scheduled and answered with the id of its task', () => {
    const { submit, journal, updated, time, operation } = create();
    const result = submit();
    if (result.type === 'refused') throw new Error('the submission was refused');
    const { taskId } = result.task.plan;
    expect(journal.entries()).toMatchObject([{ type: 'task.submitted', taskId, seed: 'the seed' }]);
    expect([updated, time.touches]).toEqual([[taskId], 1]);
    expect(result.answer.status).toBe(operation.status);
    expect(result.answer.body).toContain(taskId);
  });

  it('is refused beyond the rate limit, with a Retry-After header if the vendor has one', () => {
    const { submit, world, journal, pack } = create();
    world.waitMs = 1500;
    expect(submit()).toEqual({ type: 'refused', answer: pack.errors.forRole('rateLimited') });
    world.rate = { submissions: 1, perMs: 1, retryAfter: true };
    expect(submit()).toMatchObject({ answer: { headers: { 'retry-after': '2' } } });
    expect(journal.entries()).toEqual([]);
  });

  it('is refused while the memory for tasks is full, with the reason, until there is room or a reset', () => {
    const { submit, submissions, world, journal } = create();
    expect(submissions.full).toBeNull();
    world.hasRoom = false;
    expect(submit().type).toBe('refused');
    expect(submissions.full).toContain('--keep-bytes allows (1000 bytes in total)');
    journal.append({ type: 'server.reset' });
    expect(submissions.full).toBeNull();
    submit();
    world.hasRoom = true;
    expect([submit().type, submissions.full]).toEqual(['accepted', null]);
  });
});

describe('a submission that continues another task', () => {
  const sender = samplePack();

  /** @param rule what the pack does about a parent that does not exist */
  function continuing(rule: object): SubmitOperation {
    const rules = { whenUnknown: rule } as never;
    return {
      ...sender.operation,
      parent: { idOf: () => 'absent', pointer: null, pathParam: null, queryParam: null, rules },
    };
  }

  it("is refused by the pack's rule when its parent does not exist", () => {
    const { submit, pack, journal } = create(sender);
    const operation = continuing({ type: 'refuse', role: 'invalid', because: 'no such parent' });
    const answer = pack.errors.forRole('invalid', 'no such parent');
    expect(submit({ operation })).toEqual({ type: 'refused', answer });
    expect(journal.entries()).toEqual([]);
  });

  it('fails by the rule, unless its scenario already names a failure', () => {
    const { submit, decided } = create(sender);
    const operation = continuing({ type: 'fail', slug: 'orphan' });
    for (const failure of [null, 'own']) submit({ operation, scenario: { failure } as Scenario });
    expect(decided.map(({ scenario, parentId, seed }) => [scenario.failure, parentId, seed])).toEqual([
      ['orphan', 'absent', 'the seed'],
      ['own', 'absent', 'the seed'],
    ]);
  });
});
