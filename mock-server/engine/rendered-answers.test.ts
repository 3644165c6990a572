import { describe, expect, it } from 'vitest';
import type { TaskView } from '../core/view.ts';
import { createSampleTasks } from '../delivery/testing/sample-tasks.ts';
import type { PollOperation } from '../packs/pack.ts';
import { createRenderedAnswers } from './rendered-answers.ts';

/** An operation whose answer counts how often it was rendered. */
function create({ body = (n: number) => `answer ${n}`, moving = [] as string[] } = {}) {
  const samples = createSampleTasks();
  let renderings = 0;
  const render = () => {
    renderings += 1;
    return { status: 200, body: body(renderings) };
  };
  const answers = new Map(['waiting', 'done'].map((state) => [state, render]));
  const operation = { answers, moving: new Set(moving) } as unknown as PollOperation;
  const rendered = createRenderedAnswers(samples.journal);
  const task = samples.add();
  const ask = (state = 'waiting', expired = false, by = operation) =>
    rendered.answerOf(by, { plan: task.plan, view: { state, expired } as TaskView })?.body ?? null;
  return { ...samples, task, ask, operation };
}

describe('the answer of a poll', () => {
  it('is rendered once as long as the state stays the same', () => {
    const { ask } = create();
    expect([ask(), ask(), ask('done'), ask('done'), ask()]).toEqual([
      'answer 1',
      'answer 1',
      'answer 2',
      'answer 2',
      'answer 3',
    ]);
  });

  it('is rendered again when its media expire, and for another operation', () => {
    const { ask, operation } = create();
    expect([ask('done'), ask('done', true), ask('done', true, { ...operation })]).toEqual([
      'answer 1',
      'answer 2',
      'answer 3',
    ]);
  });

  it('is rendered each time in a state in which it moves', () => {
    const { ask } = create({ moving: ['waiting'] });
    expect([ask(), ask(), ask('done'), ask('done')]).toEqual([
      'answer 1',
      'answer 2',
      'answer 3',
      'answer 3',
    ]);
  });

  it('is not kept when it is long', () => {
    const { ask } = create({ body: (n) => `${n}${'x'.repeat(64 * 1024)}` });
    expect([ask(), ask()].map((body) => body?.[0])).toEqual(['1', '2']);
  });

  it('does not exist for a state without a template', () => {
    expect(create().ask('absent')).toBeNull();
  });

  it.each(['task.amended', 'task.forgotten', 'server.reset'] as const)(
    'is rendered again after %s',
    (type) => {
      const { ask, journal, task, packer } = create();
      const { taskId } = task.plan;
      ask();
      if (type === 'task.amended')
        journal.append({ type, taskId, packed: packer.pack(task.plan), reason: '' });
      else journal.append(type === 'server.reset' ? { type } : { type, taskId });
      expect(ask()).toBe('answer 2');
    },
  );

  it('stays after an entry that does not change it', () => {
    const { ask, journal, task } = create();
    ask();
    journal.append({ type: 'task.expired', taskId: task.plan.taskId });
    expect(ask()).toBe('answer 1');
  });
});
