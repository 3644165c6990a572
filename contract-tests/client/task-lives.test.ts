import { describe, expect, it } from 'vitest';
import { createMockServer, loadPacks } from '../../mock-server/index.ts';
import { stagingOf } from '../../mock-server/internal.ts';
import { createRunClock } from './run-clock.ts';
import { createTaskLives } from './task-lives.ts';

const [pack, other] = loadPacks();
if (pack === undefined || other === undefined) throw new Error('The list of packs is empty.');
const [event = ''] = pack.events.keys();

/** Returns the journal of one task that ends and whose media expire. */
async function journalOfOneTask() {
  const mock = createMockServer({ clock: 'virtual', publicUrl: 'http://127.0.0.1:9' });
  const { taskId } = await stagingOf(mock).stage(event, { to: 'http://127.0.0.1:9/', running: true });
  mock.tasks.amend(taskId, 'success');
  await mock.clock.advance('365d');
  const entries = mock.journal.entries();
  await mock.close();
  return { taskId, entries };
}

describe('the lives of tasks', () => {
  it('contain the end and the expiry of a task, and belong to its pack', async () => {
    const { taskId, entries } = await journalOfOneTask();
    const clock = createRunClock({ time: 'service', timeScale: 1 });
    const lives = createTaskLives(clock);
    for (const entry of entries) {
      clock.see(entry);
      if (entry.type === 'task.submitted') lives.add(entry);
      if (entry.type === 'task.changed' || entry.type === 'task.amended' || entry.type === 'task.expired') {
        lives.change(entry);
      }
    }
    const expired = entries.find(({ type }) => type === 'task.expired');
    expect(lives.of(pack)).toEqual([
      expect.objectContaining({ id: taskId, endedAtMs: expect.any(Number), expiredSeq: expired?.seq }),
    ]);
    expect(lives.of(other)).toEqual([]);
  });

  it('ignore changes of tasks that were not submitted here', async () => {
    const { entries } = await journalOfOneTask();
    const lives = createTaskLives(createRunClock({ time: 'service', timeScale: 1 }));
    for (const entry of entries) if (entry.type === 'task.changed') lives.change(entry);
    expect(lives.of(pack)).toEqual([]);
  });
});
