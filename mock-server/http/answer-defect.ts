import type { ServerResponse } from 'node:http';
import { ERRORS } from '../core/error-codes.ts';
import { sendProblem } from './problem.ts';

/** The last resort: an error that nothing answers for is ours, and is said so without a stack trace. */
export function answerDefect(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const detail = error instanceof Error ? error.message : String(error);
  sendProblem(response, { status: 500, title: ERRORS.DEFECT.title, detail });
}
