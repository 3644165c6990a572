import type { ServerResponse } from 'node:http';
import { ERRORS } from '../core/error-codes.ts';
import { isSystemError } from '../core/system-error.ts';
import { type Problem, sendProblem } from './problem.ts';

/** The last resort: an error that nothing else answers for is reported without a stack trace. */
export function answerDefect(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  sendProblem(response, failureOf(error));
}

/** What the system refuses for a while, like one more open file, is not a defect, and may succeed later. */
export function failureOf(error: unknown): Problem {
  const detail = (error instanceof Error ? error.message : String(error)).slice(0, 300);
  if (!isSystemError(error)) return { status: 500, title: ERRORS.DEFECT.title, detail };
  return {
    status: 503,
    title: ERRORS.SYSTEM_FAILED.title,
    detail,
    code: 'SYSTEM_FAILED',
    remedy: 'Free what the message names, or raise its limit (open files: ulimit -n 1024), and try again.',
  };
}
