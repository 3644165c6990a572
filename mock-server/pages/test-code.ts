import type { StoryDelivery } from './story.ts';

/** Returns the lines of a test that expect what became of a delivery. `task` is the report of its task. */
export function sayTest({ id, attempts, status }: StoryDelivery): string {
  const outcomes = attempts.map(({ end }) => (end === null ? 'in flight' : end.attempt.outcome));
  const settled = status === 'acknowledged' || status === 'abandoned' ? status : 'pending';
  return [
    `const delivery = task.deliveries.find(({ id }) => id === '${id}');`,
    `expect(delivery?.status).toBe('${settled}');`,
    `expect(delivery?.attempts.map(({ outcome }) => outcome)).toEqual(${listOf(outcomes)});`,
  ].join('\n');
}

function listOf(texts: readonly string[]): string {
  return `[${texts.map((text) => `'${text}'`).join(', ')}]`;
}
