import type { ServerResponse } from 'node:http';
import type { CodedError, ErrorCode } from '../core/coded-error.ts';

/** Problem details as RFC 9457 has them, with our code and the remedy beside. */
export interface Problem {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly code?: string;
  readonly remedy?: string;
}

const STATUS: Partial<Record<ErrorCode, number>> = {
  TASK_UNKNOWN: 404,
  TASK_FINISHED: 409,
  NO_CALLBACK: 409,
  CLOCK_BACKWARDS: 409,
  CLOCK_ENDLESS: 500,
};

export function problemOf(error: CodedError): Problem {
  const { code, title, message, remedy } = error;
  return { status: STATUS[code] ?? 400, title, detail: message, code, ...(remedy === '' ? {} : { remedy }) };
}

export function sendProblem(response: ServerResponse, problem: Problem): void {
  const body = JSON.stringify(problem);
  response.writeHead(problem.status, {
    'content-type': 'application/problem+json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}
