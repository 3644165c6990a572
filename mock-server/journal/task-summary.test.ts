import { expect, it } from 'vitest';
import { createPlanPacker } from './packed-plan.ts';
import { createSecrets } from './secrets.ts';
import { StoredTask } from './stored-task.ts';
import { summarizeTask } from './task-summary.ts';
import { journaledPlan } from './testing/journaled-plan.ts';

it('shows the whole course of a task, but only the beginning of its prompt', () => {
  const plan = journaledPlan('a', { request: { prompt: 'long'.repeat(1000) } });
  const task = new StoredTask(createPlanPacker().pack(plan));
  const summary = summarizeTask(task, plan, {
    secrets: createSecrets(),
    nextAttemptAt: () => null,
    prompt: 'long'.repeat(1000),
    downloads: [{ at: 5, name: 'video.mp4', status: 200 }],
  });
  expect(summary).toMatchObject({
    prompt: 'long'.repeat(50),
    reached: 1,
    steps: [{ state: 'queued' }, { state: 'done' }],
    deliveries: [{ id: 'd1', status: 'pending', why: 'outcome' }],
    downloads: [{ at: '1970-01-01T00:00:00.005Z', name: 'video.mp4', status: 200 }],
  });
});

it('masks keys in the prompt', () => {
  const secrets = createSecrets();
  secrets.learn('sk-7f3a9c51e2');
  const plan = journaledPlan('a');
  const task = new StoredTask(createPlanPacker().pack(plan));
  const prompt = `${'x'.repeat(195)}sk-7f3a9c51e2`;
  const summary = summarizeTask(task, plan, { secrets, nextAttemptAt: () => null, prompt, downloads: [] });
  expect(summary.prompt).not.toContain('sk-7');
});
