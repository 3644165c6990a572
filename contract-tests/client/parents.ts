import { cached, groupedBy } from './cached.ts';
import type { ApiCall, Evidence, TaskLife } from './evidence.ts';
import { submitsIn, taskOf } from './evidence-queries.ts';
import { pathParams } from './read-call.ts';

/** Returns the submissions that extend another task. */
export const extensionsIn = cached((evidence: Evidence): readonly ApiCall[] =>
  submitsIn(evidence).filter(({ operation }) => operation?.type === 'submit' && operation.parent !== null),
);

/** Returns the id of the task that a submission extends; null when it names none. */
const parentIdOf = cached((call: ApiCall): string | null => {
  const { operation, body } = call;
  if (operation?.type !== 'submit' || operation.parent === null) return null;
  const id = operation.parent.idOf(body as never, pathParams(operation, call), {
    query: (name) => queryOf(call.entry.url).get(name) ?? undefined,
    header: () => undefined,
  });
  return typeof id === 'string' ? id : null;
});

function queryOf(url: string): URLSearchParams {
  return new URLSearchParams(url.slice(url.indexOf('?') + 1));
}

/** Returns the task that a submission extends; null when it does not exist. */
export function parentOf(evidence: Evidence, call: ApiCall): TaskLife | null {
  return taskOf(evidence, parentIdOf(call));
}

const extensionsByParent = cached((evidence: Evidence) =>
  groupedBy(extensionsIn(evidence), (call) => parentOf(evidence, call)?.id ?? null),
);

/** Returns the first submission that extends this task. */
export function firstExtensionOf(evidence: Evidence, taskId: string): ApiCall | undefined {
  return extensionsByParent(evidence).get(taskId)?.[0];
}
