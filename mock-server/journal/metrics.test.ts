import { expect, it } from 'vitest';
import { createJournal, type Journal } from './journal.ts';
import { createMetrics } from './metrics.ts';
import { createPlanPacker } from './packed-plan.ts';
import { journaledPlan } from './testing/journaled-plan.ts';

function journalOf(): Journal {
  return createJournal({ now: () => 1, wallNow: () => 1, keep: 10, file: null });
}

it('counts entries by their labels, renders gauges, and starts again after a reset', () => {
  const journal = journalOf();
  const metrics = createMetrics(journal, { gauge_of_test: () => 7 });
  const plan = journaledPlan('a');
  const { taskId } = plan;
  for (let n = 0; n < 2; n++) {
    journal.append({ type: 'task.submitted', taskId, packed: createPlanPacker().pack(plan) });
  }
  const { id: deliveryId, event } = plan.callbacks[0] ?? { id: '' as never, event: '' };
  journal.append({
    type: 'delivery.settled',
    taskId,
    deliveryId,
    event: `${event}"\\`,
    status: 'abandoned',
    attempts: 1,
  });
  expect(metrics.render()).toContain('stuntdouble_tasks_total{pack="acme",outcome="success"} 2\n');
  expect(metrics.render()).toContain(
    'stuntdouble_deliveries_total{event="acme.generate\\"\\\\",status="abandoned"} 1\n',
  );
  expect(metrics.render()).toContain('# TYPE gauge_of_test gauge\ngauge_of_test 7\n');
  journal.append({ type: 'server.reset' });
  expect(metrics.render()).not.toContain('pack="acme"');
});
