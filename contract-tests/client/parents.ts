import type { ApiCall, Evidence, TaskLife } from './evidence.ts';
import { groupedBy, oncePer } from './once-per.ts';
import { submitsIn, taskOf } from './questions.ts';
import { pathParams } from './read-call.ts';

/** Submissions that continue another task. */
export const extensionsIn = oncePer((evidence: Evidence): readonly ApiCall[] =>
  submitsIn(evidence).filter(({ operation }) => operation?.type === 'submit' && operation.parent !== null),
);

/** The id of the task that a submission continues; null when it names none. */
const parentIdOf = oncePer(({ operation, body, entry }: ApiCall): string | null => {
  if (operation?.type !== 'submit' || operation.parent === null) return null;
  const id = operation.parent.idOf(body as never, pathParams(operation.path, entry.url));
  return typeof id === 'string' ? id : null;
});

/** The task that a submission continues; null when there is none of that id. */
export function parentOf(evidence: Evidence, call: ApiCall): TaskLife | null {
  return taskOf(evidence, parentIdOf(call));
}

const extensionsByParent = oncePer((evidence: Evidence) =>
  groupedBy(extensionsIn(evidence), (call) => parentOf(evidence, call)?.id ?? null),
);

/** The first submission that continues this task. */
export function firstExtensionOf(evidence: Evidence, taskId: string): ApiCall | undefined {
  return extensionsByParent(evidence).get(taskId)?.[0];
}
