import { sampleScenario } from '../../core/testing/sample-plan.ts';
import type { Plan } from '../../core/types.ts';

/** A plan for tests of the journal: two steps and one callback. */
export function journaledPlan(taskId: string, change: Partial<Plan> = {}): Plan {
  const plan = {
    taskId,
    pack: 'acme',
    operation: 'generate',
    kind: 'video',
    account: 'key-a',
    scenario: sampleScenario({ name: 'success' }),
    origin: 'http://media.test',
    request: { prompt: 'A cat' },
    requestText: null,
    pathParams: null,
    parentId: null,
    submittedAt: 1000,
    visibleAt: 1000,
    steps: [
      { state: 'queued', at: 1000 },
      { state: 'done', at: 2000 },
    ],
    outcome: { type: 'success' },
    slot: null,
    abandonedState: null,
    mediaExpiresAt: 9000,
    callbacks: [
      {
        id: 'd1',
        event: 'acme.generate',
        state: 'done',
        url: 'http://127.0.0.1:9/',
        dueAt: 2000,
        after: null,
        flaw: null,
        retries: null,
      },
    ],
  };
  return { ...plan, ...change } as unknown as Plan;
}
