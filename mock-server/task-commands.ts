import { refuseUnknownOptions } from './core/refuse-unknown-options.ts';
import { triggerEvent } from './engine/trigger.ts';
import type { TaskRecord } from './journal/stored-task.ts';
import { reportTask, type TaskReport } from './journal/task-report.ts';
import type { MockParts } from './mock-parts.ts';
import type { MockServer } from './mock-server.ts';
import { OPTIONS_OF } from './mock-server-options.ts';
import { readText } from './options.ts';
import type { Pack } from './packs/pack.ts';
import { refuseInFleet } from './refuse-in-fleet.ts';
import type { WhenSaved } from './when-saved.ts';

interface Surroundings {
  /** Returns the base URL of a pack, which also serves its media. */
  readonly originOf: (pack: Pack) => string;
  readonly whenSaved: WhenSaved;
}

type TaskParts = Pick<
  MockParts,
  'settings' | 'packs' | 'clock' | 'journal' | 'engine' | 'commands' | 'fleet' | 'accounts'
>;

/** Creates `mock.tasks`. */
export function createTaskCommands(
  { settings, packs, clock, journal, engine, commands, fleet, accounts }: TaskParts,
  { originOf, whenSaved }: Surroundings,
): MockServer['tasks'] {
  const { secrets } = journal;
  const { nextAttemptAt } = engine;
  const report = (task: TaskRecord): TaskReport =>
    reportTask(task, { now: clock.now(), secrets, nextAttemptAt });
  return {
    get(id) {
      const task = engine.tasks.find(id);
      return task === undefined ? undefined : report(task);
    },
    all: () => [...engine.tasks.all()].map(report),
    count: () => ({ total: engine.tasks.size, calling: engine.calling }),
    redeliver(id, options = {}) {
      refuseUnknownOptions('tasks.redeliver()', options, OPTIONS_OF.redeliver);
      refuseInFleet(fleet, 'tasks.redeliver()', 'POST /__admin/tasks/ID/redeliver');
      return report(engine.redeliver(id, options));
    },
    amend(id, outcome) {
      refuseInFleet(fleet, 'tasks.amend()', 'POST /__admin/tasks/ID/amend');
      return report(engine.amend(id, outcome));
    },
    async trigger(event, options) {
      refuseUnknownOptions('tasks.trigger()', options, OPTIONS_OF.trigger);
      const { to, scenario = settings.scenario, apiKey = 'trigger' } = options;
      readText('to', to ?? null);
      const account = accounts.fromKey(apiKey);
      const isChosen = options.scenario !== undefined;
      const input = { event, to, scenario, isChosen, account, originOf };
      return report(await whenSaved(() => triggerEvent({ engine, commands }, packs, input)));
    },
  };
}
