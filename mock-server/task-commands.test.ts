import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createParts, type MockParts } from './mock-parts.ts';
import type { MockServer } from './mock-server.ts';
import { createTaskCommands } from './task-commands.ts';

const TO = 'http://127.0.0.1:9/';

let parts: MockParts;
let tasks: MockServer['tasks'];
let saved = 0;
beforeEach(() => {
  saved = 0;
  parts = createParts({ clock: 'virtual', scenario: 'callback.never' });
  tasks = createTaskCommands(parts, {
    originOf: () => 'http://media.example',
    async whenSaved(change) {
      const result = await change();
      saved += 1;
      return result;
    },
  });
});
afterEach(() => {
  parts.clock.close();
  return parts.courier.close();
});

describe('the tasks of a mock', () => {
  it('are triggered with the default scenario, after their changes are saved', async () => {
    const task = await tasks.trigger('runway.generate', { to: TO });
    expect(task).toMatchObject({ scenario: 'callback.never', outcome: 'success' });
    expect(task.plan.origin).toBe('http://media.example');
    expect(saved).toBe(1);
  });

  it('are listed, counted and found by id', async () => {
    const { id } = await tasks.trigger('runway.generate', { to: TO });
    expect(tasks.get(id)).toMatchObject({ id });
    expect(tasks.get('none')).toBeUndefined();
    expect(tasks.all().map((task) => task.id)).toEqual([id]);
    expect(tasks.count()).toEqual({ total: 1, calling: 0 });
  });

  it('cannot be amended after their end, or redelivered without an id', async () => {
    const { id } = await tasks.trigger('runway.generate', { to: TO });
    expect(() => tasks.amend(id, 'success')).toThrow(expect.objectContaining({ code: 'TASK_FINISHED' }));
    expect(() => tasks.redeliver('none')).toThrow(expect.objectContaining({ code: 'TASK_UNKNOWN' }));
  });
});
