import type { ServerResponse } from 'node:http';
import { ERRORS } from '../core/error-codes.ts';
import { isSystemError } from '../core/system-error.ts';
import { type Problem, sendProblem } from './problem.ts';

/** Answers a request that failed with an unexpected error, without a stack trace. */
export function answerDefect(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  sendProblem(response, failureOf(error));
}

/**
 * Returns the problem details of an unexpected error. Temporary refusals of the system, such as too many open files,
 * are reported as 503 because the same call may succeed later.
 */
export function failureOf(error: unknown): Problem {
  const detail = (error instanceof Error ? error.message : String(error)).slice(0, 300);
  if (!isSystemError(error)) return { status: 500, title: ERRORS.DEFECT.title, detail };
  return {
    status: 503,
    title: ERRORS.SYSTEM_FAILED.title,
    detail,
    code: 'SYSTEM_FAILED',
    remedy:
      'Free the resource that the message names, or raise its limit (open files: ulimit -n 1024), and try again.',
  };
}
