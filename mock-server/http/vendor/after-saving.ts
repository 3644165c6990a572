import { CodedError } from '../../core/coded-error.ts';
import type { Journal } from '../../journal/journal.ts';
import { answerDefect } from '../answer-defect.ts';
import type { OperationCall } from './operation-call.ts';
import type { Refusals } from './refusals.ts';
import type { Call } from './vendor-answers.ts';

/**
 * Answers a call that has changed state, after the changes are on disk, if there is a disk. If they cannot be written,
 * they are undone and the call is refused.
 */
export type AfterSaving = (call: OperationCall, answer: () => void, undo?: () => void) => void;

export function createAfterSaving(
  journal: Pick<Journal, 'durable'>,
  { refuseUnsaved }: Pick<Refusals, 'refuseUnsaved'>,
): AfterSaving {
  return (call, answer, undo) => {
    const kept = journal.durable();
    if (kept === null) return answer();
    const refuseCall = (error: unknown): void => {
      if (!(error instanceof CodedError)) throw error;
      undo?.();
      refuseUnsaved(call, error);
    };
    kept.then(answer, refuseCall).catch((error: unknown) => answerDefect(call.response, error));
  };
}

/** Continues with a result, at once if it is not a promise. A promise that rejects refuses the call. */
export function whenDone<T>(
  call: OperationCall,
  result: T | Promise<T>,
  go: (value: T) => void,
  refusals: Pick<Refusals, 'refuseBecause'>,
): void {
  if (!(result instanceof Promise)) return go(result);
  result
    .then(go)
    .catch((error: unknown) => refusals.refuseBecause(call, error))
    .catch((error: unknown) => answerDefect(call.response, error));
}

/** Continues when a promise resolves. The client always gets an answer, even if a later step fails. */
export function afterwards<T>(
  { response }: Pick<Call, 'response'>,
  waited: Promise<T>,
  go: (value: T) => void,
): void {
  waited.then(go).catch((error: unknown) => answerDefect(response, error));
}
