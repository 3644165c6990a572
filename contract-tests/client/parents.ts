import { type ApiCall, type Evidence, pathParams, type TaskLife } from './evidence.ts';
import { submitsIn } from './questions.ts';

/** Submissions that continue another task. */
export function extensionsIn(evidence: Evidence): ApiCall[] {
  return submitsIn(evidence).filter(
    ({ operation }) => operation?.type === 'submit' && operation.parent !== null,
  );
}

/** The task that a submission continues; null when there is none of that id. */
export function parentOf({ tasks }: Evidence, { operation, body, entry }: ApiCall): TaskLife | null {
  if (operation?.type !== 'submit' || operation.parent === null) return null;
  const id = operation.parent.idOf(body as never, pathParams(operation.path, entry.url));
  return tasks.find((task) => task.id === id) ?? null;
}
